"""The console and who may use it."""
