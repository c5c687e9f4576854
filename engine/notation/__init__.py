"""LaTeX for names, expressions and derivations."""
