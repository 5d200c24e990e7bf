"""The section `churn`: what leaving means, and who may be asked about."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from pipeline.sections.base import Days, Name, Section


class Term(Section):
    """How long a subscription runs from each activity event: a number of days, a column, or days per plan."""

    days: Days | None = None
    column: Name | None = None
    plan_column: Name | None = None
    days_by_plan: dict[str, Days] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_way(self) -> Term:
        by_plan = self.plan_column is not None or bool(self.days_by_plan)
        given = [self.days is not None, self.column is not None, by_plan]
        if sum(given) != 1:
            raise ValueError("give exactly one of days, column, or plan_column with days_by_plan")
        if by_plan and not (self.plan_column and self.days_by_plan):
            raise ValueError("plan_column and days_by_plan belong together: give both")
        return self


class Churn(Section):
    """What leaving means."""

    definition: Literal["inactivity", "cancellation", "lapse"] = "inactivity"
    horizon_days: Days
    lead_days: Annotated[int, Field(ge=0, le=365)] = 0
    active_within_days: Days
    grace_days: Annotated[int, Field(ge=0, le=365)] = 14
    term: Term | None = None

    @model_validator(mode="after")
    def _term_where_needed(self) -> Churn:
        if self.definition == "lapse" and self.term is None:
            raise ValueError(
                "term is missing: definition lapse needs to know how long each renewal runs, "
                "for example term: {days: 30}"
            )
        return self
