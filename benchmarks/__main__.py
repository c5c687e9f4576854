"""Every benchmark, in one run: `python -m benchmarks`."""

import platform

import numpy as np

from benchmarks import build, gradients, memory, train

if __name__ == "__main__":
    print(f"Python {platform.python_version()}, NumPy {np.__version__}, {platform.machine()}\n")
    gradients.main()
    build.main()
    memory.main()
    train.main()
