"""What training does about a feature that alone ranks as well as the model: it stops and names it."""

from __future__ import annotations

import numpy as np

from models.audit import Audit, audit
from models.blend import BLENDS, SAFE, mean_of
from models.members import Members
from models.minimum import too_few
from models.table import TrainingTable
from pipeline.errors import ConfigError, LeakError
from pipeline.settings import Settings
from pipeline.tables import REPORTS, write_json

REPORT = REPORTS / "audit.json"
SHOWN = 5


def refuse_twins(settings: Settings, test: TrainingTable, judged: Members) -> str:
    """Write data/reports/audit.json and say which feature alone is best. Raises LeakError if there is a twin.

    Where there are too few customers for a model, chance makes twins, and a rule makes the list: nothing is refused.
    """
    if len(np.unique(test.churned)) < 2:
        write_json({"model": None, "best_alone": [], "twins": []}, REPORT)
        return "not known: the test slice holds one outcome only"
    section = settings.audit
    unknown = [name for name in section.allowed if name not in test.names]
    if unknown:
        raise ConfigError(
            f"audit.allowed names {unknown[0]}, which is no feature: data/features/catalog.json lists them all."
        )
    odds = mean_of(judged.scores(test), BLENDS[SAFE])
    found = audit(test, odds, section.twin_share, section.twin_auc, section.allowed)
    write_json(found.to_json(SHOWN), REPORT)
    if found.twins and not too_few(test):
        raise LeakError(_sentence(found))
    best = found.features[0]
    return (
        f"{best.name}, average precision {best.average_precision:.3f} of the model's "
        f"{found.model.average_precision:.3f}, ROC AUC {best.roc_auc:.3f} of {found.model.roc_auc:.3f}"
    )


def _sentence(found: Audit) -> str:
    best, others = found.twins[0], ", ".join(item.name for item in found.twins[1:SHOWN])
    also = f" (so do {others})" if others else ""
    return (
        f"{best.name} alone ranks the test slice like the whole model{also} (average precision "
        f"{best.average_precision:.3f} of the model's {found.model.average_precision:.3f}, ROC AUC {best.roc_auc:.3f}),"
        f" so it has probably seen the outcome. Is its event stamped earlier than it was known? "
        "Take the event type out of events.roles (or the attribute out of customers); if it is honest, put its name "
        f"into audit.allowed. Nothing was trained; {REPORT} has the figures."
    )
