"""PyTorch modules as programs: `tidegraph.torch.capture(module, args)` in the process that holds the module."""

from tidegraph.engine.models.pytorch import MissingRules, capture

__all__ = ["MissingRules", "capture"]
