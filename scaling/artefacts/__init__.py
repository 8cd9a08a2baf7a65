"""Trained models as folders: written by studies, loaded by anybody."""
