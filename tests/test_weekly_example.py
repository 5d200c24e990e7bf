"""docs/schedule.md and its GitHub example: what is uploaded, printed and cached, and the exit codes it promises."""

from __future__ import annotations

import re
from typing import Any

from ruamel.yaml import YAML
from workspace import REPOSITORY

from pipeline.scheduled.ends import CODES
from pipeline.scheduled.places import SUMMARY
from pipeline.sections.notifying import Notify

DOCS = REPOSITORY / "docs"
YML = YAML(typ="safe", pure=True)


def steps() -> list[dict[str, Any]]:
    content = YML.load((DOCS / "examples/weekly.yml").read_text(encoding="utf-8"))
    return [step for job in content["jobs"].values() for step in job["steps"]]


def test_only_the_summary_is_uploaded() -> None:
    """The one action that keeps anything is given one file; nothing is cached."""
    used = {step["uses"].split("@")[0]: step.get("with", {}) for step in steps() if "uses" in step}
    assert set(used) == {"actions/checkout", "actions/setup-python", "actions/upload-artifact"}
    assert used["actions/upload-artifact"]["path"] == str(SUMMARY)
    assert "cache" not in used["actions/setup-python"]


def test_no_command_shows_data() -> None:
    """The steps' output stays off the job's log, and of all data only the summary is named."""
    commands = "\n".join(step["run"] for step in steps() if "run" in step)
    assert re.findall(r"make weekly.*", commands) == ["make weekly QUIET=1 COMMIT=1"]
    assert set(re.findall(r"\S*data/\S*", commands)) == {f"@{SUMMARY}"}
    assert "make export" not in commands


def test_secrets_come_from_secrets() -> None:
    """No value stands in the file where a secret belongs."""
    content = YML.load((DOCS / "examples/weekly.yml").read_text(encoding="utf-8"))
    given = [value for job in content["jobs"].values() for value in job["env"].values()]
    given += [value for step in steps() for value in step.get("env", {}).values()]
    assert given
    assert all(re.fullmatch(r"\$\{\{ secrets\.[A-Z_]+ \}\}", value) for value in given)


def test_the_page_tells_every_exit_code() -> None:
    text = (DOCS / "schedule.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d) \| (\w+) \|", text, flags=re.MULTILINE)
    assert {word: int(code) for code, word in rows} == CODES


def test_the_example_of_notify_can_be_followed() -> None:
    text = (DOCS / "schedule.md").read_text(encoding="utf-8")
    example = YML.load(re.findall(r"```yaml\n(.*?)```", text, flags=re.DOTALL)[0])["notify"]
    assert Notify(command=example["command"], on=tuple(example["on"])).argv == ["sh", "ops/tell_us.sh"]
