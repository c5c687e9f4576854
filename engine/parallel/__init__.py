"""A graph over several devices."""
