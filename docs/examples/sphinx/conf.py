"""The chapter as a Sphinx site: `sphinx-build docs/examples/sphinx site`."""

project = "Learning by gradients"
author = "Tidegraph contributors"
copyright = author

extensions = ["tidegraph.sphinx", "myst_parser"]
html_theme = "furo"
html_title = project
html_copy_source = False
html_show_sourcelink = False
