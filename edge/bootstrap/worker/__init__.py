"""The worker processes: started, shared out, watched, spoken to."""
