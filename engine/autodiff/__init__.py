"""Graph to graph: reverse mode, forward mode, simplification."""
