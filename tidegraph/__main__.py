"""`python -m tidegraph` is the command `tidegraph`."""

from tidegraph.app.cli import main

main()
