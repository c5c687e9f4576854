"""Program text to graph."""
