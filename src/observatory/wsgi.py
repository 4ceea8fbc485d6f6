"""The door for gunicorn: ``gunicorn observatory.wsgi`` (without ``--preload``: its thread is of one process)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "observatory.settings")
application = get_wsgi_application()

from observatory.warmth import keep_warm  # noqa: E402  the settings come first

keep_warm()
