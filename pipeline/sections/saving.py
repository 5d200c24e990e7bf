"""The section about ordering the list by whom contacts keep."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from pipeline.sections.base import Section

Count = Annotated[int, Field(ge=1)]


class Uplift(Section):
    """By what the list is ordered, and how much history of contact and holdout must speak for `saved_value`.

    `saved_value` is what may be used, never what must: the evidence of `models.saveable` decides each time.
    """

    order: Literal["value_at_risk", "saved_value"] = "value_at_risk"
    min_contact: Count = 1000
    min_holdout: Count = 300
    min_leavers: Count = 100
    folds: Annotated[int, Field(ge=2, le=20)] = 5
    judged_at: Annotated[float, Field(gt=0, lt=1)] = 0.3

    @model_validator(mode="after")
    def _leavers_are_customers(self) -> Uplift:
        fewest = min(self.min_contact, self.min_holdout)
        if self.min_leavers > fewest:
            raise ValueError(
                f"min_leavers ({self.min_leavers}) asks for more leavers in each group than customers in the smaller "
                f"one ({fewest}): lower min_leavers, or raise min_contact and min_holdout"
            )
        return self
