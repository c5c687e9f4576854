"""The web application around the engine: settings, HTTP, API, pages, integrations. No mathematics."""
