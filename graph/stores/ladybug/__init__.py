"""The embedded store: a graph of the ladybug engine, built in generations beside full text and vectors."""
