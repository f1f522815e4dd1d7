"""Is a camera's picture worth anything? Frozen, black, covered, blurred, moved."""
