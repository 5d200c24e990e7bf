"""The longest story first, so that no worker is left alone with it at the end."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of the whole pipeline first, the others in the order of their files."""
    items.sort(key=lambda item: item.get_closest_marker("pipeline") is None)
