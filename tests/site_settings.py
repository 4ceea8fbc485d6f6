"""The site's own settings, on a throw-away folder: what tests run with.

``DATABASE_URL`` moves the whole suite to PostgreSQL.
"""

import os
import tempfile

os.environ.setdefault("QUARTIERS_VAR", tempfile.mkdtemp(prefix="quartiers-tests-"))
os.environ.setdefault("QUARTIERS_PLAIN_STATIC", "1")

from observatory.settings import *  # noqa: F403

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
