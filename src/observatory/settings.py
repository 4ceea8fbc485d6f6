"""Settings of the website, all from the environment.

**Reads** environment variables (docs/exploitation.md lists them) and the branding file.
**Writes** a secret key of its own under ``QUARTIERS_VAR`` when none is given.
**Method** Safe by default: without a word of configuration the site answers on this machine only, over
an SQLite database, with every protection on. ``DATABASE_URL`` moves accounts and contributions to
PostgreSQL; editions are files, read-only, whatever the database.
**Limits** One site a process.
"""

from __future__ import annotations

import os
import secrets
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from observatory.branding import load as load_branding
from observatory.files import UNCOMPRESSED

PACKAGE = Path(__file__).parent


def flag(name: str) -> bool:
    """A yes/no setting: 1, true, yes, oui are yes."""
    return os.environ.get(name, "").strip().lower() in ("1", "true", "yes", "oui")


def words(name: str, default: str = "") -> list[str]:
    """A setting that is a list, separated by commas."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


#: Where the site keeps what is its own: database, uploaded files under way, collected static files.
VAR = Path(os.environ.get("QUARTIERS_VAR", "var")).resolve()
VAR.mkdir(parents=True, exist_ok=True)
#: The edition served: a folder, or a link to one (followed anew at each request).
EDITION = Path(os.environ.get("QUARTIERS_EDITION", "editions/current")).absolute()

#: The folder of open data, when this machine has it: the perimeters that points are placed in.
DATA = os.environ.get("QUARTIERS_DATA", "")

DEBUG = flag("QUARTIERS_DEBUG")
#: On when the site is reached by https (behind a proxy that says so).
HTTPS = flag("QUARTIERS_HTTPS")
ALLOWED_HOSTS = words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = words("CSRF_TRUSTED_ORIGINS")


def secret_key() -> str:
    """``SECRET_KEY``, or one drawn once and kept beside the database."""
    if given := os.environ.get("SECRET_KEY"):
        return given
    path = VAR / "secret_key"
    if not path.is_file():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            stream.write(secrets.token_urlsafe(64))
    return path.read_text("utf-8")


SECRET_KEY = secret_key()

INSTALLED_APPS = [
    "observatory.contribute.apps.AdministrationConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "observatory.files.FilesConfig",
    "django.contrib.sitemaps",
    "csp",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "simple_history",
    "observatory",
    "observatory.contribute.apps.ContributeConfig",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "observatory.middleware.BodyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "compression_middleware.middleware.CompressionMiddleware",
    "observatory.api.middleware.MachineMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "observatory.middleware.EditionMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "axes.middleware.AxesMiddleware",
    "observatory.middleware.RememberMiddleware",
]
ROOT_URLCONF = "observatory.urls"
WSGI_APPLICATION = "observatory.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "observatory.frame.frame",
            ],
            "builtins": [
                "observatory.templatetags.site",
                "observatory.templatetags.stacked",
                "django.templatetags.i18n",
            ],
        },
    }
]


def database(address: str) -> dict[str, object]:
    """A ``DATABASE_URL`` as Django wants it: postgresql://user:password@host:port/name."""
    if not address:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": VAR / "observatoire.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 10,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            },
        }
    parts = urlsplit(address)
    if parts.scheme not in ("postgres", "postgresql"):
        raise ValueError(
            f"DATABASE_URL begins with «{parts.scheme}»; postgresql://… is expected, or nothing "
            "for SQLite."
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


DATABASES = {"default": database(os.environ.get("DATABASE_URL", ""))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
#: Ten wrong passwords lock an account's door from one address for an hour.
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 1
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "accounts/locked.html"
#: No address in clear, no log of who came when.
AXES_CLIENT_IP_CALLABLE = "observatory.contribute.limits.masked_address"
AXES_DISABLE_ACCESS_LOG = True
OTP_ADMIN_HIDE_SENSITIVE_DATA = True
OTP_TOTP_ISSUER = "Quartiers"
#: A link to choose another password lasts two hours.
PASSWORD_RESET_TIMEOUT = 2 * 3600
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "moderation"
LOGOUT_REDIRECT_URL = "home"

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("Français")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
TIME_ZONE = "Europe/Paris"
USE_TZ = True

#: The map's library, from the package that carries it (its Django application is not needed).
LEAFLET = Path(str(getattr(find_spec("leaflet"), "origin", ""))).parent / "static" / "leaflet"
STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
#: Whether the typeface was set up (scripts/install.sh); without it, the device has its own.
HAS_TYPEFACE = (PACKAGE / "static" / "fonts" / "fonts.css").is_file()
STATICFILES_DIRS: list[Path | tuple[str, Path]] = [PACKAGE / "static", ("leaflet", LEAFLET)]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or flag("QUARTIERS_PLAIN_STATIC")
        else "observatory.compressed.Storage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG or flag("QUARTIERS_PLAIN_STATIC")
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = UNCOMPRESSED

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    # Whole pages (middleware.RememberMiddleware): compressed, some 50 MB a worker at most.
    "pages": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "pages",
        "TIMEOUT": 600,
        "OPTIONS": {"MAX_ENTRIES": 4_000},
    },
}

EMAIL_BACKEND = os.environ.get("EMAIL_BACKEND", "django.core.mail.backends.filebased.EmailBackend")
EMAIL_FILE_PATH = VAR / "courriels"
EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = flag("EMAIL_USE_TLS")
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "quartiers@localhost")

#: The site's address as people write it (https://…), for links in e-mails; by default the request's.
SITE_ADDRESS = os.environ.get("QUARTIERS_ADDRESS", "")
#: How many proxies of ours stand before the site and say the visitor's address.
TRUSTED_PROXIES = int(os.environ.get("QUARTIERS_PROXIES", "0"))
#: Contributors' e-mail addresses are erased so many months after the decision.
CONTACT_MONTHS = int(os.environ.get("QUARTIERS_CONTACT_MONTHS", "6"))

# What a browser may do with our pages: nothing but ourselves, no inline script, no inline style.
TILES = os.environ.get("QUARTIERS_TILES", "")
TILES_CREDIT = os.environ.get("QUARTIERS_TILES_CREDIT", "© OpenStreetMap")
_tile_hosts = [f"https://{urlsplit(TILES).hostname}"] if TILES else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", *_tile_hosts],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
DATA_UPLOAD_MAX_NUMBER_FILES = 1
#: The largest request that is read at all: a spreadsheet and the form around it.
MOST_BODY_BYTES = 2_200_000
SESSION_COOKIE_AGE = 12 * 3600

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # A visitor's wrong address is no event of ours; an error is.
    "loggers": {"django.request": {"level": "ERROR"}},
}

#: Name, colours, logo and territory of this site (``QUARTIERS_BRANDING``: a TOML file).
BRANDING = load_branding(os.environ.get("QUARTIERS_BRANDING"))
