"""Messages as data: a code and its parameters, and the catalogues with their text, one Fluent file per language."""
