"""Import files of Klaviyo, Braze and HubSpot: the id column of each, our attributes, nobody but those to contact."""

from __future__ import annotations

from pathlib import Path

import pytest
from samples import hostile_ids, sample
from test_contact_files import rows_of

from pipeline.spreadsheets.presets import write_presets

ATTRIBUTES = ["ebb_action", "ebb_channel", "ebb_act_by", "ebb_risk_band", "ebb_value_tier", "ebb_valid_until"]


@pytest.mark.parametrize(
    ("tool", "identifier"),
    [("klaviyo", "External ID"), ("braze", "external_id"), ("hubspot", "ebb_customer_id")],
)
def test_a_preset_has_the_columns_of_its_tool_and_only_customers_to_contact(
    tool: str, identifier: str, tmp_path: Path
) -> None:
    table, _ = sample(300, ids=hostile_ids())
    write_presets(tmp_path, table)
    rows = rows_of(tmp_path / f"preset_{tool}.csv")
    assert list(rows[0]) == [identifier, *ATTRIBUTES]
    expected = [row for row in table.to_pylist() if row["contact_this_week"] == "yes"]
    assert [row[identifier] for row in rows] == [row["customer_id"] for row in expected]
    assert {row["group"] for row in expected} == {"contact"}
    first, told = rows[0], expected[0]
    assert first["ebb_act_by"] == "2024-06-10"
    assert first["ebb_valid_until"] == "2024-06-10"
    assert (first["ebb_risk_band"], first["ebb_value_tier"]) == (told["risk_band"], told["value_tier"])


def test_an_empty_list_makes_files_with_a_header_only(tmp_path: Path) -> None:
    written = write_presets(tmp_path, sample(0)[0])
    assert [path.name for path in written] == ["preset_klaviyo.csv", "preset_braze.csv", "preset_hubspot.csv"]
    assert [rows_of(path) for path in written] == [[], [], []]
