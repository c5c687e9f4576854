"""What a graph costs and how it behaves: memory, derivatives, curvature."""
