"""The extension of Python-Markdown: `extensions=["tidegraph.markdown"]`. As a command it writes what its pages load."""

import sys
from pathlib import Path

from tidegraph.app.integrations.python_markdown import TidegraphExtension, makeExtension

__all__ = ["TidegraphExtension", "makeExtension"]

if __name__ == "__main__":
    from tidegraph.app.integrations.course import copy_files

    copy_files(Path(*sys.argv[1:]))
