"""The web application around the engine: schemas, routes, settings, limits, pages. No mathematics."""
