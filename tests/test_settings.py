"""params.yaml: what it must and may not say, and that every refusal names the key, the value and the remedy."""

from __future__ import annotations

import resource
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from workspace import BOOKENDS, REPOSITORY, command, source_bytes, write_file

from pipeline.errors import ConfigError
from pipeline.settings import Settings, load_settings

SMALLEST = """\
events:
  source: data/raw/events.csv
  timezone: Europe/London
  roles:
    activity: [purchase]
churn:
  horizon_days: 91
  active_within_days: 182
"""


def load(folder: Path, text: str) -> Settings:
    """Settings from this text."""
    path = folder / "params.yaml"
    path.write_text(text, encoding="utf-8")
    return load_settings(path)


def test_the_smallest_settings_are_typed_and_have_defaults(tmp_path: Path) -> None:
    """Lists become tuples, and what is not said has the value that DESIGN names."""
    settings = load(tmp_path, SMALLEST)
    assert settings.events.roles.activity == ("purchase",)
    assert (settings.churn.horizon_days, settings.churn.lead_days) == (91, 0)
    assert (settings.events.duplicates, settings.events.unknown_types) == ("drop", "keep")
    assert (settings.events.max_rejected_share, settings.events.lateness_days) == (0.05, 0)
    assert (settings.snapshots.as_of, settings.snapshots.every_days, settings.snapshots.train) == ("latest", 28, 26)
    assert settings.features.lookback_days == (7, 14, 28, 56, 91, 182, 364)
    assert settings.feature_spec().active_within_days == 182


def test_settings_are_frozen(tmp_path: Path) -> None:
    """Nobody changes a setting on the way, in a section or at the top."""
    settings = load(tmp_path, SMALLEST)
    with pytest.raises(ValidationError, match="frozen"):
        settings.churn.horizon_days = 7  # type: ignore[misc]
    with pytest.raises(ValidationError, match="frozen"):
        settings.churn = settings.churn  # type: ignore[misc]


@pytest.mark.parametrize(
    ("known", "typed", "path", "meant"),
    [
        ("churn:", "chrun:", "chrun", "churn"),
        ("horizon_days", "horizon_day", "churn.horizon_day", "horizon_days"),
        ("activity", "actvity", "events.roles.actvity", "activity"),
        ("timezone", "time_zone", "events.time_zone", "timezone"),
        ("churn:", "model: {nun_leaves: 15}\nchurn:", "model.nun_leaves", "num_leaves"),
        ("churn:", "snapshots: {as_off: latest}\nchurn:", "snapshots.as_off", "as_of"),
    ],
)
def test_an_unknown_key_names_the_nearest_known_one(
    tmp_path: Path, known: str, typed: str, path: str, meant: str
) -> None:
    with pytest.raises(ConfigError, match=rf"unknown key {path}; did you mean {meant}\."):
        load(tmp_path, SMALLEST.replace(known, typed, 1))


@pytest.mark.parametrize(
    ("lines", "path"),
    [
        ("  horizon_days: 91\n", "churn.horizon_days"),
        ("  source: data/raw/events.csv\n", "events.source"),
        ("  roles:\n    activity: [purchase]\n", "events.roles"),
        ("churn:\n  horizon_days: 91\n  active_within_days: 182\n", "churn"),
    ],
)
def test_a_missing_key_is_named(tmp_path: Path, lines: str, path: str) -> None:
    assert lines in SMALLEST
    with pytest.raises(ConfigError, match=rf": {path} is missing"):
        load(tmp_path, SMALLEST.replace(lines, ""))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("max_rejected_share: no", r"events\.max_rejected_share: .*number.*'no'"),
        ('max_rejected_share: "1e5"', r"events\.max_rejected_share: .*number.*'1e5'"),
        ("max_rejected_share: 5", r"events\.max_rejected_share: .*less than or equal to 1 .*5"),
        ("lateness_days: 1.5", r"events\.lateness_days: .*integer.*1\.5"),
        ("lateness_days: 1e2", r"events\.lateness_days: .*integer.*100\.0"),
        ("lateness_days: -1", r"events\.lateness_days: .*greater than or equal to 0.*-1"),
        ("duplicates: no", r"events\.duplicates: .*'drop' or 'keep'.*'no'"),
        ("columns: {customer_id: 5}", r"events\.columns\.customer_id: .*string.*5"),
        ("columns: {customer: id}", r"events\.columns\.customer.*'customer_id'.*'customer'"),
        ("constants: {customer_id: anna}", r"events\.constants\.customer_id.*'event_type' or 'amount'"),
        ("constants: {amount: .nan}", r"events\.constants.*nan"),
        ("money: [return]", r"money names 'return', which has no role: add it to events\.roles"),
        ("timezone: London", r"'London' is no time zone of the IANA database"),
        ("known_until: 2024-01-31", r'events\.known_until must be quoted, "2024-01-31"'),
        ('known_until: "2024-02-30"', r"events\.known_until: .*day .*month.*'2024-02-30'"),
        ('known_until: "31.01.2024"', r"events\.known_until: .*'31\.01\.2024'"),
        ("source: data/raw/*.csv", r"'data/raw/\*\.csv' is a pattern.*write source: data/raw, pattern: .\*\.csv"),
        (
            "source: postgresql://host/shop",
            r"is an address, .* give it in database\.url.*events\.source: data/pulled",
        ),
        ('source: ""', r"events\.source: .*at least 1 character"),
    ],
)
def test_an_event_setting_that_cannot_be_meant(tmp_path: Path, line: str, message: str) -> None:
    """As YAML 1.2 reads it: `no` is a text and `1e2` a float."""
    key, _, _ = line.partition(":")
    others = [old for old in SMALLEST.splitlines() if not old.startswith(f"  {key}:")]
    with pytest.raises(ConfigError, match=message):
        load(tmp_path, "\n".join(others).replace("churn:", f"  {line}\nchurn:"))


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ("risk: {medium: 0.7, high: 0.4}", r"risk: medium \(0\.7\) must be below high \(0\.4\)"),
        ("risk: {medium: 0.5, high: 0.5}", r"risk: medium \(0\.5\) must be below high \(0\.5\)"),
        ("risk: {high: 70}", r"risk\.high: .*less than 1.*70"),
        ("features: {lookback_days: [28, 7]}", r"lookback_days must rise and not repeat, got \[28, 7\]"),
        ("features: {lookback_days: [7, 7]}", r"lookback_days must rise and not repeat, got \[7, 7\]"),
        ("features: {lookback_days: 7}", r"features\.lookback_days: .*7"),
        ("snapshots: {as_of: 2024-01-31}", r'snapshots\.as_of must be quoted, "2024-01-31"'),
        ('snapshots: {as_of: "2024-13-01"}', r"snapshots\.as_of: .*month.*'2024-13-01'"),
        ("evaluation: {capacity: 0}", r"evaluation\.capacity: .*greater than or equal to 1.*0"),
        ("engine: {name: sparkle}", r"engine\.name: .*'duckdb'.*'spark'.*'sparkle'"),
        ("uplift: {order: risk}", r"uplift\.order: .*'value_at_risk' or 'saved_value'.*'risk'"),
        ("uplift: {min_leavers: 301}", r"min_leavers \(301\) asks for more leavers .* smaller one \(300\)"),
        ("uplift: {folds: 1}", r"uplift\.folds: .*greater than or equal to 2.*1"),
        (
            "uplift: {order: saved_value}\nholdout: {share: 0.0}",
            r"uplift\.order is saved_value, but holdout\.share is 0: .*order by value_at_risk",
        ),
        ("model: {learning_rate: '1e-2'}", r"model\.learning_rate: .*number.*'1e-2'"),
        ("zzz: 91", r"unknown key zzz; known here: events, database, customers, privacy, churn"),
    ],
)
def test_a_section_that_cannot_be_meant(tmp_path: Path, section: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        load(tmp_path, f"{SMALLEST}{section}\n")


@pytest.mark.parametrize(
    ("roles", "message"),
    [
        ("[purchase]\n    friction: [purchase]", "event type 'purchase' has two roles, activity and friction"),
        ("[]", r"roles\.activity is empty: name at least one event type"),
        ("purchase", r"events\.roles\.activity: .*'purchase'"),
    ],
)
def test_roles_that_cannot_be_meant(tmp_path: Path, roles: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        load(tmp_path, SMALLEST.replace("[purchase]", roles))


def test_norway_is_a_text_and_ten_is_ten(tmp_path: Path) -> None:
    """YAML 1.1 would read `no` as false and 010 as eight; DVC and we read YAML 1.2."""
    settings = load(tmp_path, SMALLEST.replace("[purchase]", "[no, on]").replace("91", "010"))
    assert settings.events.roles.activity == ("no", "on")
    assert settings.churn.horizon_days == 10


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (SMALLEST.replace("churn:", "churn:\n  horizon_days: 28").encode(), "duplicate key.*horizon_days"),
        (f"{SMALLEST}events: {{}}\n".encode(), "duplicate key.*events"),
        (b"", "must be a mapping of sections, got NoneType"),
        (b"events: {source: [}\n", r"not valid YAML: .*line 1"),
        ("events: caf\u00e9".encode("latin-1"), "not valid YAML"),
        (b"a: !!python/object/apply:os.getcwd []\n", "not valid YAML: could not determine a constructor"),
        (b"features: &a {lookback_days: *a}\n", "params"),
        (b"#" * 1_000_001, r"larger than 1,000,000 bytes"),
    ],
)
def test_a_file_that_holds_no_settings(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "params.yaml").write_bytes(content)
    with pytest.raises(ConfigError, match=message):
        load_settings(tmp_path / "params.yaml")


def test_a_missing_file_says_where_to_run(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigError, match=r"params\.yaml does not exist: run the command from the folder that holds it"
    ):
        load_settings(tmp_path / "params.yaml")


def test_a_password_in_a_url_is_not_repeated(tmp_path: Path) -> None:
    """Messages end up in the logs of schedulers."""
    with pytest.raises(ConfigError, match="is an address") as caught:
        load(tmp_path, SMALLEST.replace("data/raw/events.csv", "postgresql://ebb:hush@host/shop"))
    assert "hush" not in str(caught.value)


def test_aliases_that_unfold_without_end_are_refused(tmp_path: Path) -> None:
    """Four hundred bytes that name a thousand million items: refused within seconds of work, not unfolded."""
    levels = [f"{new}: &{new} [{', '.join(['*' + old] * 10)}]" for old, new in pairwise("abcdefghi")]
    bomb = "\n".join(["a: &a [x, x, x, x, x, x, x, x, x, x]", *levels])
    (tmp_path / "params.yaml").write_text(bomb, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-c", "from pipeline.settings import load_settings; load_settings()"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(REPOSITORY)},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (6, 6)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert "pipeline.errors.ConfigError" in run.stderr


def test_a_command_says_it_in_one_sentence(tmp_path: Path) -> None:
    """Exit code 1, no traceback, and nothing is written."""
    write_file(tmp_path, source_bytes("events.csv", BOOKENDS))
    (tmp_path / "params.yaml").write_text(SMALLEST.replace("timezone", "timezon"), encoding="utf-8")
    run = command(tmp_path)
    assert run.returncode == 1
    assert run.stderr == "\nebb: params.yaml: unknown key events.timezon; did you mean timezone.\n"
    assert not (tmp_path / "data/events").exists()


def test_the_shipped_settings_load() -> None:
    settings = load_settings(REPOSITORY / "params.yaml")
    assert (settings.churn.horizon_days, settings.churn.active_within_days) == (91, 182)
    assert (settings.snapshots.every_days, settings.snapshots.train) == (28, 26)
    assert (settings.events.timezone, settings.events.collapse) == ("Europe/London", "Invoice")


def test_the_shipped_settings_show_every_key() -> None:
    shipped = YAML(typ="safe", pure=True).load((REPOSITORY / "params.yaml").read_text(encoding="utf-8"))
    assert keys_of(shipped) == keys_known(Settings)


def keys_of(section: Any) -> dict[str, Any]:
    """The keys of a mapping, and of those below it that have any; what users name themselves is no key."""
    return {
        key: keys_of(item) if isinstance(item, dict) and item and key != "actions" else {}
        for key, item in section.items()
    }


def keys_known(model: type[BaseModel]) -> dict[str, Any]:
    """The keys of a type, and of the types below it."""
    kinds = {name: field.annotation for name, field in model.model_fields.items()}
    return {
        name: keys_known(kind) if isinstance(kind, type) and issubclass(kind, BaseModel) else {}
        for name, kind in kinds.items()
    }
