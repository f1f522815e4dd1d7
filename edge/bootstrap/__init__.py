"""The composition root: settings become running parts. Nothing else knows both."""
