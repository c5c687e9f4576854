"""Graphs and values in the formats of others."""
