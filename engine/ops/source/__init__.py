"""How every operator is spelled as source text: in NumPy, PyTorch and JAX.

A spelling is part of what is known about an operator. The tables are separate files because they are read only when
code is exported, one file a framework; `spelling` is the way in.
"""
