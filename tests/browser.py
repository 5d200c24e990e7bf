"""A real Chromium for tests and screenshots of the pages. A helper, not a test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
# Without these Chromium looks for updates and hosts of its own at every start.
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run", "--disable-quic"]  # fmt: skip
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: install package chromium")


@contextmanager
def chromium() -> Iterator[Browser]:
    """The machine's own Chromium, without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(browser: Browser, path: Path, now: datetime, **context: Any) -> Iterator[tuple[Page, list[str], list[str]]]:
    """(page, complaints, requests): a file opened as from a mail attachment, at a given time of the browser's clock.

    `complaints` are console errors and warnings and uncaught exceptions; `requests` all that the page asked for beyond
    itself.
    """
    complaints: list[str] = []
    requests: list[str] = []
    inside = browser.new_context(accept_downloads=True, **context)
    page = inside.new_page()
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.clock.set_fixed_time(now)
    page.goto(path.as_uri())
    requests[:] = [url for url in requests if url != path.as_uri() and not url.startswith("blob:")]
    try:
        yield page, complaints, requests
    finally:
        inside.close()
