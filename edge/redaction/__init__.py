"""Redaction: pictures and clips that may be shown, because nobody can be known on them."""
