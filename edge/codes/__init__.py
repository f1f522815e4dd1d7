"""What a city calls an incident: its standard's code and names, as versioned data."""
