"""Addresses of the contribution space that have no language (the administration of Django)."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
