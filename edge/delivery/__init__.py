"""From the outbox to the platform: the relay, and one file per sink."""
