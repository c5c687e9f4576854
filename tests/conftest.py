"""What all tests share: a property is tried on the same examples in every run, and fails for what it finds, never for
how long a busy machine takes to find it."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

BROWSER = Path(__file__).parent / "browser"

SLOW = [HealthCheck.too_slow]

settings.register_profile("tidegraph", deadline=None, derandomize=True, database=None, suppress_health_check=SLOW)
settings.load_profile("tidegraph")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests come last: Playwright's event loop runs on in their thread, where none of another test could."""
    items.sort(key=lambda item: BROWSER in item.path.parents)
