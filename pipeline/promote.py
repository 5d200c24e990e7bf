"""Stage: the gate between a challenger and the champion that scores customers."""

from __future__ import annotations

from dataclasses import dataclass

from models.gate import Check
from pipeline.challenger import challenger_version
from pipeline.champions import champion, pointer
from pipeline.errors import ArtifactError, run_stage
from pipeline.experiment import in_experiment
from pipeline.model_card import write_model_card
from pipeline.promotion import gate_checks, make_champion
from pipeline.settings import Settings, load_settings
from pipeline.summary import StageSummary
from pipeline.tables import REPORTS, write_json


@dataclass(frozen=True)
class Decision:
    """What the gate decided, and why. `promoted`, `waiting`, `refused`, `unchanged`, `held` or `experiment`."""

    outcome: str
    sentence: str
    checks: list[Check]


def main() -> None:
    """Decide, then write data/champion (only if promoted), data/reports/promotion.json and the model card."""
    summary = StageSummary("promote")
    settings = load_settings()
    version = challenger_version()
    decision = _decide(settings, version)
    if decision.outcome == "promoted":
        make_champion(settings, version, "promoted", summary)
    now = pointer()
    report = {
        "decision": decision.outcome,
        "why": decision.sentence,
        "challenger": version,
        "champion": now["version"] if now else None,
        "checks": [check.to_json() for check in decision.checks],
    }
    write_json(report, REPORTS / "promotion.json")
    write_model_card(report)
    summary.line("challenger", version)
    summary.line("champion", report["champion"] or "none yet")
    summary.line("decision", decision.outcome)
    summary.warn(decision.sentence)
    for check in decision.checks:
        summary.line(f"  {check.name} {'passed' if check.passed else 'FAILED'}", check.sentence)
    summary.show()
    if now is None and decision.outcome not in ("experiment", "waiting"):
        raise ArtifactError(
            f"there is no champion and the challenger is not good enough to be the first ({decision.sentence}). "
            "No probability is shown that has not held: bring a longer history or more customers."
        )


def _decide(settings: Settings, version: str) -> Decision:
    if in_experiment():
        return Decision("experiment", "An experiment never promotes: run `make repro` on a branch to promote.", [])
    now = champion()
    if now and now.version == version:
        return Decision("unchanged", f"Version {version} is the champion already.", [])
    if now and version in now.pointer.get("held", []):
        why = "recalibrated" if now.manifest.get("recalibrated", {}).get("from") == version else "rolled back"
        return Decision("held", f"Version {version} was {why} by hand; `make promote` brings it back.", [])
    checks = gate_checks(settings, now)
    failed = [check for check in checks if not check.passed]
    if failed:
        return Decision("refused", f"Not promoted: {'; '.join(check.sentence for check in failed)}.", checks)
    if settings.promote.mode == "ask":
        return Decision("waiting", f"Version {version} passes the gate and waits for `make promote`.", checks)
    against = f"beside champion {now.version}" if now else "as the first champion"
    return Decision("promoted", f"Version {version} passes the gate {against}.", checks)


if __name__ == "__main__":
    run_stage(main)
