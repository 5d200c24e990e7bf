"""The section `notify`: a command of yours that `make weekly` runs where somebody should know how it ended."""

from __future__ import annotations

import shlex
from typing import Literal

from pydantic import field_validator, model_validator

from pipeline.sections.base import Section

Word = Literal["failed", "stale", "busy", "done"]


class Notify(Section):
    """A command, without a shell, and on which ends it is run. It gets the run's summary on its standard input."""

    command: str | None = None
    on: tuple[Word, ...] = ("failed", "stale")

    @field_validator("command")
    @classmethod
    def _can_be_run(cls, value: str | None) -> str | None:
        if value is None:
            return None
        try:
            words = shlex.split(value)
        except ValueError as error:
            raise ValueError(f"cannot be split into words ({error}): close every quote") from None
        if not words or not words[0]:
            raise ValueError("is empty, so that nobody would be told: name a command, or write null for none")
        return value

    @model_validator(mode="after")
    def _on_something(self) -> Notify:
        if self.command is not None and not self.on:
            raise ValueError(
                "command is given, but on is empty, so that it would never run: name failed, stale or done"
            )
        return self

    @property
    def argv(self) -> list[str]:
        """The command as words; empty where there is none."""
        return shlex.split(self.command) if self.command is not None else []
