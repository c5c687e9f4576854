"""Edits of a program, and what they change."""
