"""The Django application of contributions and moderation."""

from django.apps import AppConfig


class ContributeConfig(AppConfig):
    """Contributions, judgements, moderation."""

    name = "observatory.contribute"
    label = "contribute"
