"""The Hillstrom e-mail test as a trial: who was sent which e-mail by the draw, and who visited. A helper, not a test.

Kevin Hillstrom, "The MineThatData E-Mail Analytics And Data Mining Challenge", 2008: 64,000 customers, each sent the
men's e-mail, the women's, or none, with equal chances; what they did in the two weeks after. Not shipped: found in
the folder that EBB_DATASETS names.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from models.table import Bools, Floats, Ints
from models.uplift import Trial, codes_of

FILE = "hillstrom_email_test.parquet"
NUMBERS = ("recency", "history", "mens", "womens", "newbie")
WORDS = {"zip_code": ("Rural", "Surburban", "Urban"), "channel": ("Multichannel", "Phone", "Web")}  # as the file spells
NAMES = (*NUMBERS, *(f"{name}_{word.lower()}" for name, words in WORDS.items() for word in words))
NO_EMAIL = "No E-Mail"
ARMS = {
    "women's": ("Womens E-Mail",),
    "men's": ("Mens E-Mail",),
    "either": ("Womens E-Mail", "Mens E-Mail"),
}


@dataclass(frozen=True)
class EmailTest:
    """One entry per customer: the trial, in which a visit is what was to be kept, and what was spent."""

    trial: Trial
    spend: Floats

    def take(self, rows: Bools | Ints) -> EmailTest:
        """The rows of a mask or of an index."""
        return EmailTest(self.trial.take(rows), self.spend[rows])

    def halves(self, seed: int) -> tuple[EmailTest, EmailTest]:
        """A random half to learn from and the other to judge on."""
        mixed = np.random.default_rng(seed).permutation(len(self.trial))
        middle = len(mixed) // 2
        return self.take(np.sort(mixed[:middle])), self.take(np.sort(mixed[middle:]))

    def thinned(self, holdout: int, times: int, seed: int) -> EmailTest:
        """So many left alone, and `times` as many contacted: a holdout as small as lists have it."""
        random, treated = np.random.default_rng(seed), self.trial.treated
        alone = random.choice(np.flatnonzero(~treated), holdout, replace=False)
        contacted = random.choice(np.flatnonzero(treated), times * holdout, replace=False)
        fewer = self.take(np.sort(np.append(alone, contacted)))
        share = np.full(len(fewer.trial), times / (times + 1))
        return EmailTest(replace(fewer.trial, propensity=share), fewer.spend)


def datasets_folder() -> Path | None:
    """The folder with the file; None where EBB_DATASETS names none that has it."""
    named = os.environ.get("EBB_DATASETS")
    return Path(named) if named and (Path(named) / FILE).exists() else None


def email_frame(folder: Path) -> pd.DataFrame:
    """The file as it is, one row per customer."""
    return pd.read_parquet(folder / FILE)


def email_test(frame: pd.DataFrame, emails: str) -> EmailTest:
    """One of ARMS against no e-mail. The file has no ids: a customer is a row's number in it."""
    sent = ARMS[emails]
    rows = frame[frame["treatment"].isin([NO_EMAIL, *sent])]
    words = [rows[name] == word for name, known in WORDS.items() for word in known]
    values = np.column_stack([*(rows[name] for name in NUMBERS), *words]).astype(np.float32)
    treated = (rows["treatment"] != NO_EMAIL).to_numpy(bool)
    codes = codes_of(str(number) for number in rows.index)
    share = np.full(len(rows), len(sent) / (len(sent) + 1))
    trial = Trial(codes, values, NAMES, treated, rows["visit"].to_numpy(np.float64), share)
    return EmailTest(trial, rows["spend"].to_numpy(np.float64))
