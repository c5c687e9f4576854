"""The Sphinx extension: `extensions = ["tidegraph.sphinx"]`."""

from tidegraph.app.integrations.sphinx import setup

__all__ = ["setup"]
