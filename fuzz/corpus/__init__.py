"""Requests that were answered by a fault once, each a file: the tests send them again."""
