"""Tidegraph's engine: programs to graphs, gradients of any order as graphs, plans and traces. NumPy only.

The packages are its layers; `import tidegraph` has the public names.
"""
