"""A headless Chromium for tests that look at pages; where there is none, they are skipped."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.patience import HANG_S

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
OF_THE_ADDRESS_BAR = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup")
"""Two pages that nobody sees, which a headless Chromium, too, loads with each page that is opened: half a second."""

BY_PLAYWRIGHT = (
    "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled",
    "PreconnectToSearch",
)  # fmt: skip
"""What Playwright leaves out: the last list counts, and that is ours."""

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--renderer-process-limit=1",
    f"--disable-features={','.join(OF_THE_ADDRESS_BAR + BY_PLAYWRIGHT)}",
]

needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on PATH to open a page in")


@contextmanager
def chromium(*arguments: str) -> Iterator:
    """Start it, for no longer than a module's tests: no other event loop runs beside Playwright's."""
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *arguments], timeout=HANG_S * 1000)
        yield browser
        browser.close()


def new_page(browser, **options):
    """Open a page in a context of its own, which waits as long as tests do."""
    context = browser.new_context(**options)
    context.set_default_timeout(HANG_S * 1000)
    return context.new_page()
