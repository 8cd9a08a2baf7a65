"""Language models, where the user has configured one: one request at a time, within a budget, never paid twice.

Nothing here runs unless a model is named (`open.open_model`), and nothing decides what a model's answer is worth:
whoever asks checks the answer against the text.
"""
