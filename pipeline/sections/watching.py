"""The section about watching: from when on the advice is something else than to hold."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from pipeline.sections.base import Days, Section, Share


class Watch(Section):
    """What is a problem of the data, a drift, and a ranking or a level that no longer holds."""

    most_days_silent: Annotated[int, Field(ge=0, le=365)] = 3
    most_population_change: Annotated[float, Field(gt=0)] = 0.5
    new_missing: Annotated[float, Field(gt=0, le=1)] = 0.05
    kind_gone_days: Days = 28
    drifted: Annotated[float, Field(gt=0)] = 0.25
    most_drifted: Share = 0.2
    most_auc_drop: Annotated[float, Field(gt=0, lt=0.5)] = 0.05
