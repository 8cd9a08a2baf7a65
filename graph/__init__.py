"""What there is (records), where it is kept (stores) and how it is asked (queries, compare, evidence).

Nothing heavy is imported here: ``from graph.stores.open import open_store`` loads an engine only when it opens one.
"""
