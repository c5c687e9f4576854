"""Models of other frameworks as programs: PyTorch, ONNX, Keras, JAX, and files of values."""
