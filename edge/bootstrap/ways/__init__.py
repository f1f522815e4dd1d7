"""Ways out of the box, and what comes in by them."""
