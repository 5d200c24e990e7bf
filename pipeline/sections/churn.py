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

    @property
    def source(self) -> str | None:
        """The column that the term is read from; None where it is the same for all."""
        return self.column or self.plan_column

    @property
    def source_key(self) -> str:
        """The key of params.yaml that names this column."""
        return "churn.term.column" if self.column else "churn.term.plan_column"


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

    @property
    def silence(self) -> bool:
        """Whether leaving is the absence of activity, which customer-base models and the season speak of."""
        return self.definition == "inactivity"

    @property
    def lapse_term(self) -> Term | None:
        """How long a renewal runs; None where the definition does not ask, whatever `term` says."""
        return self.term if self.definition == "lapse" else None

    def silent_for(self) -> str:
        """How a rule by days of silence begins: what it is that was missing for so long."""
        return {"inactivity": "nothing for", "cancellation": "no activity for", "lapse": "no renewal for"}[
            self.definition
        ]

    def nobody(self) -> str:
        """Why nobody is eligible, in the words of the definition."""
        return {
            "inactivity": f"nobody was active within {self.active_within_days} days",
            "cancellation": "everybody's last cancel event came after their last activity event",
            "lapse": "the term and the grace of everybody have run out",
        }[self.definition]

    def remedy(self) -> str:
        """What to change where nobody is eligible."""
        return {
            "inactivity": "Raise churn.active_within_days.",
            "cancellation": "Check events.roles.activity and events.roles.cancel.",
            "lapse": "Check churn.term and churn.grace_days, and that events.roles.activity names the renewals.",
        }[self.definition]
