"""What the page says of data/reports/watch.json: one line of advice, and the table of what has changed."""

from __future__ import annotations

from typing import Any

from pipeline.pages.sheets import Sheet
from pipeline.pages.telling import Telling

SHARES = ("change", "share", "left", "promised", "low", "high")
PAIRS = ("right", "before")
UNKNOWN = "–"


def advice_line(watch: dict[str, Any], telling: Telling, trusted: bool = True) -> str:
    """What to do and why, as one sentence. Raises KeyError for an advice that has no text.

    Where the forecast is not `trusted` (grade D), the page warns of it; "use it as it is" would say the opposite.
    """
    advice = watch["advice"]
    verdict = advice["verdict"] if trusted or advice["verdict"] != "hold" else "hold-untrusted"
    because = telling.say(f"watch-because-{advice['reason']}", **_told(advice["values"], telling))
    return telling.say("watch-line", advice=telling.say(f"watch-{verdict}"), reason=because)


def sheet(watch: dict[str, Any], telling: Telling) -> Sheet:
    """One row per thing that is watched: what it is, how it is now, and what it is held against."""
    rows = [_customers(watch, telling), _newest(watch, telling)]
    if watch["closed"]:
        day, last = list(watch["closed"].items())[-1]
        expected = {name: telling.percent(last[name]) for name in ("promised", "low", "high")}
        left = telling.percent(last["left"])
        rows.append([telling.say("watch-left", day=telling.day(day)), left, telling.say("watch-expected", **expected)])
        rows += _pairs(watch, telling)
    shifted = telling.say("watch-count-of", count=watch["features_drifted"], of=watch["features"])
    rows.append([telling.say("watch-behaviour"), shifted, ""])
    rows.append(_same_weeks(watch["twin"], telling))
    head = [telling.say(f"watch-{name}") for name in ("what", "now", "compare")]
    return Sheet(telling.say("watch-title"), head, rows, texts=3)


def _told(values: dict[str, Any], telling: Telling) -> dict[str, Any]:
    """The values of a reason as its text takes them: shares as percentages, pairs of 100, dates and kinds in words."""
    found = dict(values)
    found |= {name: telling.percent(values[name]) for name in SHARES if name in values}
    found |= {name: _of_100(values[name], telling) for name in PAIRS if name in values}
    if "as_of" in values:
        found["day"] = telling.day(values["as_of"])
    if "kind" in values:
        found["kind"] = telling.thing(values["kind"])
    return found


def _of_100(share: float, telling: Telling) -> str:
    return telling.texts.number(100 * share)


def _customers(watch: dict[str, Any], telling: Telling) -> list[str]:
    before = telling.count(watch["population_last_closed"])
    then = [telling.say("watch-on-day", value=before, day=telling.day(watch["last_closed"]))]
    if watch["population_year_ago"] is not None:
        then.append(telling.say("watch-year-ago", value=telling.count(watch["population_year_ago"])))
    return [telling.say("watch-customers"), telling.count(watch["population"]), "; ".join(then)]


def _newest(watch: dict[str, Any], telling: Telling) -> list[str]:
    return [telling.say("watch-newest"), telling.say("n-days", days=watch["days_silent"]), ""]


def _pairs(watch: dict[str, Any], telling: Telling) -> list[list[str]]:
    """How well leavers came first; no row where there is no earlier date to hold it against."""
    now, before = watch["auc_last_closed"], watch["auc_before"]
    if now is None or before is None:
        return []
    told = [telling.say("watch-of-100", right=_of_100(now, telling))]
    told.append(telling.say("watch-of-100-before", right=_of_100(before, telling)))
    return [[telling.say("watch-pairs"), *told]]


def _same_weeks(twin: dict[str, Any], telling: Telling) -> list[str]:
    ending = "" if twin["silence"] else "-stayed"
    name = telling.say(f"watch-same-weeks{ending}", days=twin["horizon_days"])
    if not twin["known"]:
        return [name, UNKNOWN, telling.say("watch-twin-unknown")]
    overdue = twin["overdue"]
    return [name, _group("group", twin["eligible"], telling), _group("overdue", overdue, telling) if overdue else ""]


def _group(key: str, group: dict[str, Any], telling: Telling) -> str:
    """A share of a group, with its size; nothing of a group that is too small to be told."""
    customers, rest = group["customers"], group["customers"] - group["stayed"]
    if any(isinstance(telling.group(count), str) for count in (customers, group["stayed"], rest)):
        return UNKNOWN
    return telling.say(
        f"watch-of-{key}", share=telling.percent(group["stayed_share"]), customers=telling.count(customers)
    )
