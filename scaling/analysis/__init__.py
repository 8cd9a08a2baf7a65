"""What scores over corpus size say: curves, saturation points, pictures."""
