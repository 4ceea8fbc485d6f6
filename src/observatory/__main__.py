"""``python -m observatory``: Django's own commands on this site (migrate, createsuperuser, check…)."""

import os
import sys

from django.core.management import execute_from_command_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "observatory.settings")
execute_from_command_line(["observatory", *sys.argv[1:]])
