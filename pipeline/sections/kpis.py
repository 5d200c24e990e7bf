"""The section `kpis`: which feedback is on which scale."""

from __future__ import annotations

from pydantic import model_validator

from pipeline.sections.base import Name, Section


class Kpis(Section):
    """Event types of role feedback whose amounts are answers on a known scale; None: not shown."""

    nps: Name | None = None
    csat: Name | None = None

    @model_validator(mode="after")
    def _one_scale_each(self) -> Kpis:
        if self.nps is not None and self.nps == self.csat:
            raise ValueError(
                f"nps and csat are both {self.nps!r}, but one is on a scale of 0 to 10 and the other of 1 to 5: "
                "give each an event type of its own, or set one to null"
            )
        return self
