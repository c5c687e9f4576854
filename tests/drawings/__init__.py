"""Programs of every kind, drawn: no drawing breaks a rule."""
