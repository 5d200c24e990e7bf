"""What may be asked of a list: every unknown name and value is refused by name, with what is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import sample

from pipeline.serving.query import Query, QueryError, keep, parse, parse_nothing, part, refuse_unknown_action

TABLE, _ = sample(200)


def asked(text: str, accept: str = "") -> Query:
    """The query of "name=value name=value"."""
    return parse([(name, value) for name, _, value in (item.partition("=") for item in text.split())], accept)


REFUSED = {
    "colour=red": r"no parameter 'colour': known are band, tier, contact, action, limit, offset, format, ids",
    "Band=high": r"no parameter 'Band'",
    "band=High": r"band cannot be 'High': known are high, medium, low",
    "band=": r"band cannot be '': known are",
    "band=high,medium": r"band cannot be 'high,medium'",
    "tier=gold": r"tier cannot be 'gold': known are vip, regular, small",
    "contact=maybe": r"contact cannot be 'maybe': known are yes, no",
    "format=xml": r"format cannot be 'xml': known are json, csv",
    "format=csv ids=all": r"ids cannot be 'all': known are safe, raw",
    "ids=raw": r"ids is for CSV only: in JSON all ids are as they came",
    "band=high band=low": r"band is given twice",
    "limit=-1": r"limit cannot be '-1': it is a whole number",
    "limit=1.5": r"limit cannot be '1.5'",
    "limit=1e3": r"limit cannot be '1e3'",
    "limit=٣": r"limit cannot be '٣'",
    "offset=": r"offset cannot be ''",
    "offset=1234567890": r"offset cannot be '1234567890': it is a whole number of at most 9 digits",
    f"band={'x' * 500}": r"band cannot be 'x{60}\.\.\.': known",
}


@pytest.mark.parametrize(("text", "message"), REFUSED.items())
def test_refusals_name_it_and_what_is_known(text: str, message: str) -> None:
    """No filter is ignored: an answer without it would be taken for the answer with it."""
    with pytest.raises(QueryError, match=message):
        asked(text)


def test_pages_take_no_parameters() -> None:
    """None at all is fine; one is named."""
    parse_nothing([])
    with pytest.raises(QueryError, match="no parameter 'band': known are none here"):
        parse_nothing([("band", "high")])


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("", "json"),
        ("*/*", "json"),
        ("text/csv", "csv"),
        ("TEXT/CSV; q=0.9, */*;q=0.1", "csv"),
        ("application/json, text/csv;q=0.5", "json"),
        ("application/json;q=0.5, text/csv", "csv"),
        ("application/json, text/csv", "json"),
        ("text/csv;q=0", "json"),
        ("text/csv;q=much", "json"),
        ("text/html,application/xhtml+xml", "json"),
    ],
)
def test_the_form_follows_accept_unless_it_is_named(accept: str, form: str) -> None:
    """JSON where both are welcome; `format` decides over the header."""
    assert asked("", accept).form == form
    assert asked("format=json", accept).form == "json"
    assert asked("format=csv", accept).form == "csv"


def test_equal_questions_are_equal_whatever_their_order() -> None:
    """And different ones differ, in each single part: they name the ETag."""
    one, other = asked("band=high tier=vip limit=5"), asked("limit=5 offset=0 tier=vip band=high")
    assert one.canonical() == other.canonical()
    texts = ["", "band=high", "tier=vip", "contact=no", "action=offer", "limit=0", "limit=5", "offset=5", "format=csv"]
    texts += ["format=csv ids=raw", "band=low", "action=reminder"]
    assert len({asked(text).canonical() for text in texts}) == len(texts)


ROWS = TABLE.to_pylist()


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "band": st.sampled_from(["high", "medium", "low"]),
            "tier": st.sampled_from(["vip", "regular", "small"]),
            "contact": st.sampled_from(["yes", "no"]),
            "action": st.sampled_from(["offer", "reminder", "nothing", "personal_call"]),
            "limit": st.integers(0, 220).map(str),
            "offset": st.integers(0, 220).map(str),
        },
    )
)
def test_filters_give_what_a_reader_would_pick(wanted: dict[str, str]) -> None:
    """Against the rows looked at one by one, in the order of the list."""
    query = parse(list(wanted.items()))
    columns = {
        "band": "risk_band",
        "tier": "value_tier",
        "contact": "contact_this_week",
        "action": "recommended_action",
    }
    picked = [
        number
        for number, row in enumerate(ROWS)
        if all(row[column] == wanted[name] for name, column in columns.items() if name in wanted)
    ]
    start = int(wanted.get("offset", 0))
    end = start + int(wanted["limit"]) if "limit" in wanted else None
    kept = keep(TABLE, query)
    assert np.flatnonzero(kept).tolist() == picked
    assert part(kept, query).tolist() == picked[start:end]


def test_an_action_that_nobody_gets_this_week_is_no_mistake() -> None:
    """The playbook of the list's own settings knows it; one that neither playbook nor rows know is refused."""
    manifest = {"made_from": {"settings": {"campaign": {"actions": {"welcome": {}, "offer": {}}}}}}
    refuse_unknown_action(asked("action=welcome"), manifest, TABLE)
    refuse_unknown_action(asked("action=nothing"), manifest, TABLE)
    known = "nothing, offer, personal_call, reminder, welcome"
    with pytest.raises(QueryError, match=f"action cannot be 'offers': this list knows {known}"):
        refuse_unknown_action(asked("action=offers"), manifest, TABLE)
    for damaged in ({}, {"made_from": None}, {"made_from": {"settings": {"campaign": []}}}):
        with pytest.raises(QueryError, match="knows nothing, offer, personal_call, reminder"):
            refuse_unknown_action(asked("action=welcome"), damaged, TABLE)


def test_a_list_older_than_a_column_says_so() -> None:
    """Instead of an empty answer, or of everybody."""
    old = TABLE.drop_columns(["contact_this_week", "recommended_action"])
    refuse_unknown_action(asked("action=offer"), {}, old)
    with pytest.raises(
        QueryError, match="contact cannot be asked of this list: it is older than its column contact_th"
    ):
        keep(old, asked("contact=yes"))
    with pytest.raises(QueryError, match="action cannot be asked of this list"):
        keep(old, asked("action=offer"))
