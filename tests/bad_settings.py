"""Bad inputs: params.yaml and the SQL in it. A helper of test_bad_inputs.py."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from bad_cases import Case, Seen, accepts, only, params_text, rejects, setting, stops, table

SMALL = """\
events:
  source: data/raw/events.csv
  roles:
    activity: [purchase]
churn:
  horizon_days: 91
  active_within_days: 182
"""
COLUMNS = "customer_id, event_time, event_type, amount"


def line(text: str, after: str = "horizon_days: 91") -> Callable[[Path], Seen]:
    """The smallest params.yaml with a line more."""
    return params_text(SMALL.replace(f"  {after}\n", f"  {after}\n  {text}\n"))


def top(text: str) -> Callable[[Path], Seen]:
    """The smallest params.yaml with a section more."""
    return params_text(SMALL + text + "\n")


def other(old: str, new: str) -> Callable[[Path], Seen]:
    """The smallest params.yaml with a text replaced."""
    assert old in SMALL
    return params_text(SMALL.replace(old, new))


def query(sql: str, **changes: Any) -> Callable[[Path], Seen]:
    """Ingest good events through this query."""
    return setting({"events.query": sql, **changes})


def picks(expression: str, where: str = "") -> Callable[[Path], Seen]:
    """Ingest through a query that computes the amount so."""
    return query(f"SELECT customer_id, event_time, event_type, {expression} AS amount FROM raw {where}")


KEYS: tuple[Case, ...] = (
    stops(
        "51",
        "a misspelt key",
        other("horizon_days", "horizon_day"),
        "unknown key churn.horizon_day; did you mean horizon_days",
    ),
    stops(
        "51a",
        "a misspelt parameter of the model",
        top("model: {nun_leaves: 15}"),
        "model.nun_leaves; did you mean num_leaves",
    ),
    stops("52", "a key twice", line("horizon_days: 28"), "(?i)duplicate key|horizon_days"),
    stops("53", "thresholds out of order", top("risk: {medium: 0.8, high: 0.7}"), r"medium \(0.8\) must be below high"),
    stops(
        "53a", "a capacity of 0", top("evaluation: {capacity: 0}"), "evaluation.capacity.*greater than or equal to 1.*0"
    ),
    stops(
        "120", "tabs for indentation", params_text(SMALL.replace("  ", "\t")), "params.yaml is not valid YAML.*line 2"
    ),
    accepts("120a", "CRLF", params_text(SMALL.replace("\n", "\r\n")), "read"),
    accepts("120b", "a byte order mark", params_text("\ufeff" + SMALL), "read"),
    stops("120c", "UTF-16", params_text(SMALL.encode("utf-16")), "params.yaml is not valid YAML"),
    stops("120d", "Latin-1", params_text(b"# \xe9\n" + SMALL.encode()), "params.yaml is not valid YAML"),
    stops("120e", "nothing in it", params_text(""), "must be a mapping of sections"),
    stops("120f", "a list", params_text("- events\n"), "must be a mapping of sections, got"),
    stops("120g", "an alias of YAML", params_text("x: &x [1]\ny: [*x, *x]\n"), "alias.*write the value out"),
    stops("120h", "a tag of Python", top("risk: !!python/object/apply:os.system [ls]"), "params.yaml"),
    stops("120i", "a megabyte of comments", params_text(SMALL + "# " + "x" * 1_000_000), "larger than 1,000,000 bytes"),
    stops("121", "typographic quotes", top("snapshots: {as_of: “2024-01-01”}"), "snapshots.as_of"),
    stops(
        "121a",
        "a date without quotes",
        top("snapshots: {as_of: 2024-01-01}"),
        'snapshots.as_of must be quoted, "2024-01-01"',
    ),
    stops("121b", "30 February", top('snapshots: {as_of: "2024-02-30"}'), "snapshots.as_of.*2024-02-30"),
    stops("122", "a text for a number", other("91", '"91"'), "churn.horizon_days.*integer.*'91'"),
    stops("122a", "NaN for a number", top("promote: {max_lift_decrease: .nan}"), "promote.max_lift_decrease"),
    stops("122b", "infinity for a number", top("model: {lambda_l2: .inf}"), "model.lambda_l2"),
    stops("122c", "a horizon of -7 days", other("91", "-7"), "churn.horizon_days.*greater than or equal to 1"),
    stops("122d", "a horizon of a million days", other("91", "1000000"), "churn.horizon_days.*3650"),
    stops("122e", "a section that is a text", top("risk: high"), "params.yaml: risk"),
    stops(
        "123",
        "a type with two roles",
        other("[purchase]", "[purchase]\n    cancel: [purchase]"),
        "two roles, activity and cancel",
    ),
    stops("123a", "no type that proves life", other("[purchase]", "[]"), "roles.activity is empty: name at least one"),
    stops(
        "123b",
        "money of a type without a role",
        line("money: [refund]", "source: data/raw/events.csv"),
        "money names 'refund', which has no role",
    ),
    stops(
        "124",
        "a time zone that does not exist",
        line("timezone: Europe/Londn", "source: data/raw/events.csv"),
        "'Europe/Londn' is no time zone",
    ),
    stops(
        "124a",
        "a time zone that is a path",
        line("timezone: ../../etc/passwd", "source: data/raw/events.csv"),
        "is no time zone",
    ),
    stops(
        "125",
        "delimiter and decimal sign are one",
        line('csv: {delimiter: ",", decimal: ","}', "source: data/raw/events.csv"),
        "one sign cannot mean both",
    ),
    stops(
        "125a",
        "a delimiter of two signs",
        line('csv: {delimiter: "||"}', "source: data/raw/events.csv"),
        "events.csv.delimiter",
    ),
    stops("126", "a pattern as the source", other("events.csv", "*.csv"), r"(?i)events.source.*folder"),
    stops(
        "126a",
        "a web address as the source",
        other("data/raw/events.csv", "https://u:secret@example.org/e.csv"),
        "https",
    ),
    stops(
        "126b",
        "a password in a database's address: refused, and not repeated",
        top('database: {url: "postgresql://shop:hunter2@db/shop", table: events}'),
        r"^(?!.*hunter2).*database\.url: holds a password.*\$\{NAME\}",
    ),
    stops(
        "126c", "a database that nobody knows", top('database: {url: "redis://db", table: x}'), "must start with one of"
    ),
    stops(
        "126d",
        "a table and a query of a database",
        top('database: {url: "sqlite:///x", table: x, query: y}'),
        "exactly one",
    ),
    stops("127", "lookbacks that do not rise", top("features: {lookback_days: [28, 7]}"), "lookback_days must rise"),
    stops("128", "a lapse without a term", line("definition: lapse"), "term is missing: definition lapse needs"),
    stops(
        "128a",
        "a term of -30 days",
        line("definition: lapse\n  term: {days: -30}"),
        "churn.term.days.*greater than or equal to 1",
    ),
    stops(
        "128b", "a term by days and by plan", line("term: {days: 30, plan_column: plan}"), "exactly one of days, column"
    ),
    stops("128c", "cancellation without a cancel event", line("definition: cancellation"), "cancel"),
    stops(
        "129",
        "an attribute of customers without a date since when it is known",
        top("customers: {numeric: [age]}"),
        "since when",
    ),
)

ACTIONS: tuple[Case, ...] = (
    stops(
        "53b",
        "a band that nobody could ever leave",
        top("risk: {medium: 0.4, high: 0.45, leave_by: 0.05}"),
        r"leave_by \(0.05\) must be smaller than medium \(0.4\) and than the distance.*0.05",
    ),
    stops(
        "53c",
        "the cut by capacity without a capacity",
        top("risk: {cut: capacity}"),
        "capacity is null: say how many can be contacted a week",
    ),
    stops(
        "160",
        "a playbook with a hole: named before any work",
        top("campaign: {playbook: [{band: [high, medium], action: offer}, {tier: vip, action: offer}]}"),
        "no rule for band low, tier regular, lifecycle new: add one at its end",
    ),
    stops(
        "160a",
        "a playbook with an action that does not exist",
        top("campaign: {playbook: [{action: ofer}]}"),
        "rule 1 of playbook names 'ofer', known are ask_for_referral, nothing, offer",
    ),
    stops("160b", "a playbook without rules", top("campaign: {playbook: []}"), "no rule for band high, tier vip"),
    stops("160c", "a band that does not exist", top("campaign: {playbook: [{band: hot, action: nothing}]}"), "hot"),
    stops(
        "160d",
        "actions that lead to each other beyond their capacity",
        top(
            "campaign: {playbook: [{action: a}], actions: {a: {channel: sms, otherwise: b}, "
            "b: {channel: sms, otherwise: a}}}"
        ),
        "actions.a.otherwise leads back to 'a': end with an action without one",
    ),
    stops(
        "160e",
        "an action beyond the capacity that does not exist",
        top("campaign: {playbook: [{action: a}], actions: {a: {channel: sms, otherwise: b}}}"),
        "actions.a.otherwise names 'b', which is no action",
    ),
    stops(
        "160f",
        "an action's name as a path",
        top("campaign: {playbook: [{action: ../x}], actions: {../x: {channel: sms}}}"),
        "action '../x' becomes a file's name: use small letters, digits and _",
    ),
    stops(
        "160g",
        "an action called nothing",
        top("campaign: {playbook: [{action: nothing}], actions: {nothing: {channel: sms}}}"),
        "action 'nothing' becomes a file's name.*and not 'nothing'",
    ),
    stops(
        "161",
        "the cut by cost where no event has an amount",
        top("risk: {cut: cost}"),
        "risk.cut is cost, but events.money is empty: without amounts nobody knows where it pays",
    ),
    stops("161a", "a contact that costs less than nothing", top("costs: {contact: -1.0}"), "costs.contact.*equal to 0"),
    stops("161b", "a currency that is no code", top("money_unit: {currency: pounds}"), "money_unit.currency.*pounds"),
    stops(
        "162",
        "a column to show that there is none of",
        top("lists: {show: [last_order]}"),
        "lists.show names 'last_order'; known are last_activity, activities_12m",
    ),
    stops(
        "163",
        "a preferred channel from a column that is not kept",
        top("campaign: {channel_from: channel}"),
        "campaign.channel_from names 'channel', which events.keep does not",
    ),
    stops(
        "164",
        "tiers of more than everybody",
        top("tiers: {vip_share: 0.6, small_share: 0.5}"),
        r"vip_share \(0.6\) and small_share \(0.5\) are more than everybody",
    ),
)

SQL: tuple[Case, ...] = (
    stops(
        "54",
        "SQL as a column's name",
        setting({"events.columns": {"amount": 'x" FROM raw; DROP TABLE raw; --'}}),
        "events.columns.amount names the column",
    ),
    stops(
        "54a",
        "a query that reads a file",
        query(f"SELECT {COLUMNS} FROM read_csv('/etc/passwd')"),
        "events.query must be SELECT ... FROM raw",
    ),
    stops(
        "54b",
        "a query that reads a file in a sub-query",
        picks("(SELECT count(*) FROM read_text('/etc/passwd'))"),
        "events.query",
    ),
    stops(
        "54c",
        "a path out of the folder as the source",
        setting({"events.source": "../../../../../../etc/passwd"}),
        "events.source",
    ),
    stops("54d", "a query that writes", query("COPY raw TO 'stolen.csv'"), "events.query is not one SELECT"),
    stops("54e", "two statements", query(f"SELECT {COLUMNS} FROM raw; DROP TABLE raw"), "events.query"),
    stops(
        "54f", "a query that changes the engine", query("SET memory_limit = '1GB'"), "events.query is not one SELECT"
    ),
    stops(
        "54g",
        "SQL as a constant: a text like others, that is no amount",
        setting({"events.constants": {"event_type": "x' FROM raw; --"}}),
        "no activity events",
    ),
    stops("130", "a query that is no SQL", query("SELECT FROM WHERE"), "events.query is not one SELECT"),
    stops(
        "130a",
        "a query with a column that is not there",
        query("SELECT customer, event_time FROM raw"),
        "events.query cannot run.*customer",
    ),
    stops(
        "130b",
        "a query that groups",
        query("SELECT customer_id, max(event_time) AS event_time FROM raw GROUP BY ALL"),
        "GROUP BY.*events.collapse",
    ),
    stops("130c", "a query that makes several rows of one", picks("unnest([1, 2])"), "events.query"),
    stops("130d", "a query that gives another result each day", picks("epoch(now())"), "events.query"),
    stops("130e", "a query that gives another result each time", picks("random()"), "events.query"),
    stops(
        "130f",
        "a query that fails on a value",
        picks("CAST(customer_id AS INTEGER)"),
        "events.query or events.columns meets a value.*TRY_CAST",
    ),
    stops("130g", "a query that raises an error of its own", picks("error('x')"), "events.query"),
    stops("130h", "a query that leaves nothing", picks("amount", "WHERE false"), "no event is left|rejected"),
    accepts("130i", "a query that ends in a comment", query(f"SELECT {COLUMNS} FROM raw -- all of it"), "3 events"),
    rejects(
        "130j",
        "a query that says why it rejects a row",
        query(f"SELECT {COLUMNS}, CASE WHEN customer_id = 'anna' THEN 'a test account' END AS reject_reason FROM raw"),
        "a test account",
    ),
    stops(
        "131",
        "events.collapse names no column",
        setting({"events.collapse": "invoice"}),
        "events.collapse names the column invoice",
    ),
    stops(
        "132",
        "more rows rejected than events.max_rejected_share",
        table([("", "2024-01-10", "purchase", 1)], {"events.max_rejected_share": 0.05}),
        r"1 of 3 rows \(33.3%\).*customer_id is missing: 1.*Nothing was changed",
    ),
    stops(
        "133",
        "roles that name no type of the data",
        setting({"events.roles": {"activity": ["order"]}, "events.money": []}),
        r"no activity events.*purchase \(3\)",
    ),
    accepts(
        "134",
        "an event type with braces and quotes",
        table(
            [("anna", "2024-01-10", "{x} '\"", 1)],
            {"events.roles": {"activity": ["purchase", "{x} '\""]}, "events.money": []},
            check=only("anna"),
        ),
        "3 events",
    ),
)

CASES: tuple[Case, ...] = (*KEYS, *ACTIONS, *SQL)
