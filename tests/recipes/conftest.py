"""A browser for the pages that are built."""

from tests.browser.conftest import *  # noqa: F403
