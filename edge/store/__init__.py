"""What survives a power cut: the journal with its outbox, and the residents."""
