"""The web service of the box."""
