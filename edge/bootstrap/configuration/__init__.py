"""The configuration file while the service runs."""
