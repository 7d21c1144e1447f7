"""A headless Chromium for tests that look at pages; where there is none, they are skipped."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.patience import HANG_S

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--renderer-process-limit=1"]

needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on PATH to open a page in")


@contextmanager
def chromium() -> Iterator:
    """Start it, for no longer than a module's tests: no other event loop runs beside Playwright's."""
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS, timeout=HANG_S * 1000)
        yield browser
        browser.close()


def new_page(browser, **options):
    """Open a page in a context of its own, which waits as long as tests do."""
    context = browser.new_context(**options)
    context.set_default_timeout(HANG_S * 1000)
    return context.new_page()
