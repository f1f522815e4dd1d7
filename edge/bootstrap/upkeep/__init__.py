"""What the service does beside its cameras, so that it goes on."""
