"""What a model sees of the counts."""
