"""Data, optimisers, the training loop."""
