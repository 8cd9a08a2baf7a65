"""Which cells of a corpus a model is pre-trained on, and how diverse they are."""
