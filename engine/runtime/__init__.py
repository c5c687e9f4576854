"""Graph to plan to compiled NumPy."""
