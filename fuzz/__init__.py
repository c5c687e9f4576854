"""Fuzz targets that are led by coverage."""
