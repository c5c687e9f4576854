"""The chapter as a Sphinx site: `sphinx-build docs/examples/sphinx site`."""

project = "Learning by gradients"
author = "Tidegraph contributors"
copyright = author

extensions = ["tidegraph.sphinx", "myst_parser"]
html_theme = "furo"
html_title = project
html_copy_source = False
html_show_sourcelink = False
# Letters of the text that pdflatex does not know.
latex_elements = {
    "preamble": r"\DeclareUnicodeCharacter{03BB}{\ensuremath{\lambda}}\DeclareUnicodeCharacter{2113}{\ensuremath{\ell}}"
    r"\DeclareUnicodeCharacter{207D}{\textsuperscript{(}}\DeclareUnicodeCharacter{207E}{\textsuperscript{)}}",
}
