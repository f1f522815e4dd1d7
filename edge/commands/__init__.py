"""What the platform may ask of a box: signed commands, their refusal, and one file per handler."""
