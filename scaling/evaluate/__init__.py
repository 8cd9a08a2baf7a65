"""Scores of embeddings: array functions, no files and no models."""
