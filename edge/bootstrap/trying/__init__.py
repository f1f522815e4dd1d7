"""Rules tried on what a camera showed."""
