"""Code tables: what a city calls each type of incident, one file per scheme."""
