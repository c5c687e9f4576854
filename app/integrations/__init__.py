"""Ways into other tools: Sphinx, MkDocs, Jupyter, files."""
