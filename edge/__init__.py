"""The service: what a grid wants to know about its gates and streets."""
