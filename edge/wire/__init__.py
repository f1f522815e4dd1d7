"""The messages on the wire, byte for byte. ``config/schemas/`` says the same to receivers."""
