"""JAX functions as programs: `tidegraph.jax.capture(fn, *args)` in the process that holds the function."""

from tidegraph.engine.models.jaxpr import capture

__all__ = ["capture"]
