"""Pictures of a published list as people see it: pages in Chromium, workbook in LibreOffice. A script, not a test.

    python tests/screenshots.py data/lists/latest pictures

Writes pictures/<page>-<desktop|phone|dark>.png and pictures/workbook-<page>.png; needs chromium, libreoffice-calc and
poppler-utils.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
from browser import CHROMIUM, PHONE, chromium, opened

WIDE = {"width": 1280, "height": 900}
LOOKS: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": WIDE},
    "dark": {"viewport": WIDE, "color_scheme": "dark"},
    "phone": PHONE,
}
PAGES = ("report", "summary")
WORKBOOK = "risk_list.xlsx"


def in_time(page: Path) -> datetime:
    """Nine in the morning of the last day on which the list is valid, for the browser's clock."""
    found = re.search(r'data-valid-until="(\d{4}-\d{2}-\d{2})"', page.read_text(encoding="utf-8"))
    if found is None:
        raise SystemExit(f"{page} does not say until when it is valid: is it a page of Ebb's?")
    return datetime.fromisoformat(found[1]) - timedelta(hours=15)


def take_pages(folder: Path, pictures: Path) -> None:
    """Both pages whole, in three looks; the report with the details of its first customer open."""
    with chromium() as browser:
        for name in PAGES:
            for look, context in LOOKS.items():
                path = (folder / f"{name}.html").resolve()
                with opened(browser, path, in_time(path), **context) as (page, complaints, requests):
                    if page.locator("#rows .toggle").count():
                        page.locator("#rows .toggle").first.click()
                    page.screenshot(path=pictures / f"{name}-{look}.png", full_page=True)
                    if complaints or requests:
                        raise SystemExit(f"{path.name} complains or asks the network: {complaints + requests}")


def take_workbook(folder: Path, pictures: Path) -> None:
    """The workbook as LibreOffice prints it, one picture a page, the first six."""
    with tempfile.TemporaryDirectory() as work:
        profile = f"-env:UserInstallation={(Path(work) / 'profile').as_uri()}"
        convert = ["soffice", "--headless", profile, "--convert-to", "pdf", "--outdir", work, str(folder / WORKBOOK)]
        subprocess.run(convert, check=True, capture_output=True, timeout=300)
        printed = Path(work) / Path(WORKBOOK).with_suffix(".pdf").name
        subprocess.run(
            ["pdftoppm", "-png", "-r", "80", "-l", "6", str(printed), str(pictures / "workbook")], check=True
        )


def main() -> None:
    """Take all pictures of a list's folder."""
    parser = argparse.ArgumentParser(description="Pictures of a published list: pages and workbook.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("pictures", type=Path)
    asked = parser.parse_args()
    if CHROMIUM is None:
        raise SystemExit("no Chromium on this machine: install package chromium")
    asked.pictures.mkdir(parents=True, exist_ok=True)
    take_pages(asked.folder, asked.pictures)
    if (asked.folder / WORKBOOK).exists():
        take_workbook(asked.folder, asked.pictures)


if __name__ == "__main__":
    main()
