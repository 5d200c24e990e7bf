"""Which features raise a customer's risk: exact SHAP values, one feature per family so that windows don't repeat."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from models.table import Floats, Ints


def strongest(contributions: Floats, families: Sequence[str], most: int = 3) -> Ints:
    """Feature indices of the reasons, one row per customer and `most` columns, strongest family first; -1 for none.

    `contributions` has a column per feature, in log odds. A family counts with the sum of its features, so correlated
    windows speak once; the feature that stands for it is the one that raises the risk most.
    """
    names = sorted(set(families))
    member = np.array([[family == name for name in names] for family in families], np.float64)
    total = contributions @ member
    best_feature = np.stack(
        [
            np.argmax(np.where(member[:, column].astype(bool), contributions, -np.inf), axis=1)
            for column in range(len(names))
        ],
        axis=1,
    )
    order = np.argsort(-total, axis=1, kind="stable")[:, :most]
    chosen = np.take_along_axis(best_feature, order, axis=1)
    raises = np.take_along_axis(total, order, axis=1) > 0
    found = np.where(raises, chosen, -1)
    if found.shape[1] < most:
        found = np.pad(found, ((0, 0), (0, most - found.shape[1])), constant_values=-1)
    return found.astype(np.int64)
