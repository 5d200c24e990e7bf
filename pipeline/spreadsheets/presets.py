"""Files for the import pages of Klaviyo, Braze and HubSpot: only customers to contact, ids as they came.

docs/imports.md says what each tool needs besides. Few attributes, because Braze counts each one that it stores.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from pipeline.spreadsheets.contact_files import to_contact
from pipeline.spreadsheets.csv_files import TOOLS, write_csv

# The column by which each tool finds the customer: Klaviyo's profile property, Braze's reserved name, and in HubSpot a
# contact property of one's own with unique values.
TOOL_NAMES = {"klaviyo": "Klaviyo", "braze": "Braze", "hubspot": "HubSpot"}
IDS = {"klaviyo": "External ID", "braze": "external_id", "hubspot": "ebb_customer_id"}
# `ebb_valid_until` lets a segment forget who was on an older list: attributes stay on a profile until overwritten.
ATTRIBUTES = {
    "ebb_action": "recommended_action",
    "ebb_channel": "channel",
    "ebb_act_by": "act_by",
    "ebb_risk_band": "risk_band",
    "ebb_value_tier": "value_tier",
    "ebb_valid_until": "valid_until",
}


def write_presets(folder: Path, table: pa.Table) -> list[Path]:
    """Write `preset_<tool>.csv` for each tool, also where nobody is to be contacted; one row per customer to contact.

    Dates are year-month-day, words those of the program. Raises PublishError as `to_contact` does.
    """
    chosen = to_contact(table)
    written = []
    for tool, identifier in IDS.items():
        columns = {identifier: chosen.column("customer_id")}
        columns.update({name: chosen.column(column) for name, column in ATTRIBUTES.items()})
        path = folder / f"preset_{tool}.csv"
        write_csv(columns, path, TOOLS, frozenset({identifier}))
        written.append(path)
    return written
