"""The Django applications of contributions and of their administration."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class ContributeConfig(AppConfig):
    """Contributions, judgements, moderation."""

    name = "observatory.contribute"
    label = "contribute"
    default = True


class AdministrationConfig(AdminConfig):
    """django.contrib.admin, with our site in place of its own."""

    default = False
    default_site = "observatory.contribute.administration.Administration"
