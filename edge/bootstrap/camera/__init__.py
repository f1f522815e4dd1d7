"""What becomes of one camera's section of the configuration."""
