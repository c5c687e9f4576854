"""The web application around the engine: schemas, routes, settings, limits, pages. No mathematics."""

__version__ = "0.1.0"
