"""The sections about the list: where low ends and high begins, and who is left alone."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from pipeline.sections.base import Section


class Risk(Section):
    """Where low ends and high begins."""

    cut: Literal["probability"] = "probability"
    medium: Annotated[float, Field(gt=0, lt=1)] = 0.4
    high: Annotated[float, Field(gt=0, lt=1)] = 0.7

    @model_validator(mode="after")
    def _in_order(self) -> Risk:
        if self.medium >= self.high:
            raise ValueError(f"medium ({self.medium}) must be below high ({self.high})")
        return self


class Holdout(Section):
    """Who is left alone, so that the contacts can be measured."""

    share: Annotated[float, Field(ge=0, lt=1)] = 0.1
    programme: str = Field(default="programme-1", min_length=1)
