"""LightGBM without scikit-learn and pandas, which it would import for wrappers that nothing here uses.

Both are optional to it, and together they take longer to import than a short stage takes to work. Whoever needs them
imports them as always; that they were hidden here concerns LightGBM alone.
"""

from __future__ import annotations

import sys

OPTIONAL = ("sklearn", "pandas")

_hidden = [name for name in OPTIONAL if name not in sys.modules and "lightgbm" not in sys.modules]
sys.modules.update(dict.fromkeys(_hidden))  # type: ignore[arg-type]  # None is how Python says "not to be had"
try:
    import lightgbm as lgb
finally:
    for _name in _hidden:
        del sys.modules[_name]

__all__ = ["lgb"]
