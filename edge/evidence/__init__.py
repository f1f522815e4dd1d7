"""Files that show an incident, their signed manifest, its verification, and how long they stay."""
