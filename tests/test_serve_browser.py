"""The served page in a real browser: it asks for the token, works as the file does, and fetches nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser import chromium, needs_chromium
from samples import AS_OF, hostile_ids, sample
from server import serving
from web import SECRET
from workspace import REPOSITORY

from pipeline.pages.files import write_pages
from pipeline.published import publish_folder, refresh_latest
from pipeline.settings import load_settings
from pipeline.tables import write_table

pytestmark = [pytest.mark.browser, needs_chromium]


def test_a_browser_opens_the_page_with_the_token_as_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The policy of the server and the page's own together let its script run and its button download."""
    monkeypatch.chdir(tmp_path)
    table, briefing = sample(120, ids=hostile_ids())

    def write(folder: Path) -> None:
        write_table([table], table.schema, folder / "risk_list.parquet")
        write_pages(folder, table, briefing, load_settings(REPOSITORY / "params.yaml"))

    publish_folder(AS_OF, write, {"as_of": str(AS_OF), "valid_until": briefing["valid_until"]})
    refresh_latest()
    complaints: list[str] = []
    requests: list[str] = []
    with serving(tmp_path) as server, chromium() as browser:
        context = browser.new_context(http_credentials={"username": "anna", "password": SECRET}, accept_downloads=True)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: requests.append(request.url))
        address = f"http://127.0.0.1:{server.port}/"
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200
        with page.expect_download() as download:
            page.get_by_role("button", name="CSV").first.click()
        assert Path(download.value.path()).stat().st_size > 0
        page.goto(f"{address}summary.html")
        assert "2024" in page.title()
    assert complaints == []
    assert [url for url in requests if not url.startswith("blob:")] == [address, f"{address}summary.html"]
