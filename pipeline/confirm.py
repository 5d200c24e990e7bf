"""`make promote`: a person says yes to a challenger that waits, or brings back one that was rolled back."""

from __future__ import annotations

from pipeline.challenger import challenger_version
from pipeline.champions import champion, point_to
from pipeline.errors import ConfigError, run_stage
from pipeline.promotion import gate_checks, make_champion
from pipeline.settings import load_settings
from pipeline.summary import StageSummary


def main() -> None:
    """Make the challenger the champion if it passes the gate. Raises ConfigError if it does not."""
    summary = StageSummary("promote by hand")
    settings = load_settings()
    version, now = challenger_version(), champion()
    if now and now.version == version:
        raise ConfigError(f"version {version} is the champion already.")
    failed = [check.sentence for check in gate_checks(settings, now) if not check.passed]
    if failed:
        raise ConfigError(f"version {version} does not pass the gate: {'; '.join(failed)}.")
    make_champion(settings, version, "promoted by hand", summary)
    held = [name for name in (now.pointer.get("held", []) if now else []) if name != version]
    point_to(version, "promoted by hand", held)
    summary.line("champion", version)
    summary.show()


if __name__ == "__main__":
    run_stage(main)
