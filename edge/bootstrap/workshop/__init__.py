"""Work on pictures in a process of its own."""
