"""Addresses of the contribution space that have no language: the administration of Django."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, path

urlpatterns: list[URLPattern | URLResolver] = [path("administration/", admin.site.urls)]
