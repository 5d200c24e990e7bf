"""The longest story first, so that no worker is left alone with it at the end."""

from __future__ import annotations

import pytest
from hypothesis import settings

settings.register_profile("untimed", deadline=None)  # how long a test takes says how busy the machine is
settings.load_profile("untimed")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of the whole pipeline first, the others in the order of their files."""
    items.sort(key=lambda item: item.get_closest_marker("pipeline") is None)
