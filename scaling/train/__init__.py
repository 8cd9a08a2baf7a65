"""Training of the families."""
