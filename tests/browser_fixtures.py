"""A real browser on the real site: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import importlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

# Playwright's synchronous interface runs an event loop; Django's database calls in the same thread
# are safe here: tests wait for each answer.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

#: No background traffic: this browser talks to our server only.
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser(live_server: Any) -> Iterator[Browser]:
    """One Chromium for all the journeys, closed before the server that answers it."""
    expect.set_options(timeout=20_000)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=OPTIONS
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def shared_tab(browser: Browser) -> Iterator[Page]:
    """One page for all the tests that only look."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


@contextmanager
def watched(context: BrowserContext, server: str) -> Iterator[None]:
    """A script error, or a request to anyone but the site, fails the test."""
    strange: list[str] = []

    def on_error(error: Any) -> None:
        strange.append(str(error.error))

    def on_request(request: Any) -> None:
        if not request.url.startswith((server, "data:", "blob:")):
            strange.append(f"third party: {request.url}")

    context.on("weberror", on_error)
    context.on("request", on_request)
    yield
    context.remove_listener("weberror", on_error)
    context.remove_listener("request", on_request)
    assert not strange, strange


@pytest.fixture
def tab(shared_tab: Page, live_server: Any, roles: None) -> Iterator[Callable[..., Page]]:
    """``tab("/initiatives/", width=320, scheme="dark")``: the shared page, gone there."""
    context = shared_tab.context
    context.clear_cookies()

    def go(
        address: str,
        *,
        width: int = 1280,
        scheme: Any = "light",
        cookies: dict[str, str] | None = None,
    ) -> Page:
        context.add_cookies(
            [{"name": n, "value": v, "url": live_server.url} for n, v in (cookies or {}).items()]
        )
        shared_tab.set_viewport_size({"width": width, "height": 900})
        shared_tab.emulate_media(color_scheme=scheme)
        answer = shared_tab.goto(live_server.url + address)
        assert answer is not None
        assert answer.status == 200, address
        return shared_tab

    with watched(context, live_server.url):
        yield go


@pytest.fixture
def visit(browser: Browser, live_server: Any, roles: None) -> Iterator[Callable[..., Page]]:
    """``visit("/initiatives/", width=360, js=False)``: a page, in a browser context of its own."""
    opened: list[tuple[BrowserContext, Any]] = []

    def open_page(address: str = "/", *, width: int = 1280, js: bool = True, **more: Any) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            java_script_enabled=js,
            base_url=live_server.url,
            accept_downloads=True,
            **more,
        )
        watch = watched(context, live_server.url)
        watch.__enter__()
        opened.append((context, watch))
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.goto(address)
        return page

    yield open_page
    for context, watch in opened:
        context.close()
        watch.__exit__(None, None, None)


def is_page(route: Any) -> bool:
    """Addresses that people read end with a stroke; those of files end with their kind."""
    return str(route.pattern) == "" or str(route.pattern).endswith("/")


@pytest.fixture
def roles(transactional_db: None) -> None:
    """The roles that migrations wrote, and that emptying the tables after a test took away."""
    from django.apps import apps

    importlib.import_module("observatory.contribute.migrations.0002_roles").make(apps, None)
