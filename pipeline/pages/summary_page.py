"""summary.html: the first page and why, in total. No customer, no group under ten: made to be mailed."""

from __future__ import annotations

import pyarrow as pa

from pipeline.pages.both import common
from pipeline.pages.document import rendered
from pipeline.pages.sentences import Briefing
from pipeline.pages.telling import Telling


def summary(table: pa.Table, briefing: Briefing, telling: Telling) -> str:
    """The whole page; `telling` must hide small groups. Raises ValueError for one that does not."""
    if not telling.least:
        raise ValueError("summary.html is mailed: make its Telling with least=LEAST, so that no small group is told")
    return rendered("summary.html", ("expiry.js",), common(table, briefing, telling))
