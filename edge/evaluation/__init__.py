"""Measured accuracy: labelled material in, figures and a plot out."""
