"""One camera at work: its stream, and the pipelines that look at it."""
