"""Does anything smoke or burn? Arithmetic on cells of the picture, no network."""
