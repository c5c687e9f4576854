"""ASGI layers around the application, and what they share."""
