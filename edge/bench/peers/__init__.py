"""What an integrator would write or install instead, measured beside the same camera of ours."""
