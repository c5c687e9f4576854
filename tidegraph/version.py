"""The version, of the package and of everything it serves."""

__version__ = "0.2.0"
