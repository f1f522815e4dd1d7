"""Neural networks: pixels in, arrays out."""
