"""Keeps cameras and worker processes running: the only place that tries again."""
