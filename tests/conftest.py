"""What all tests share: a property fails for what it finds, never for how long a busy machine takes to find it."""

from pathlib import Path

import pytest
from hypothesis import settings

BROWSER = Path(__file__).parent / "browser"

settings.register_profile("tidegraph", deadline=None)
settings.load_profile("tidegraph")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests come last: Playwright's event loop runs on in their thread, where none of another test could."""
    items.sort(key=lambda item: BROWSER in item.path.parents)
