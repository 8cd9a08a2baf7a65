"""The walk of docs/README.md, from a search to Cypher: its paper, its cells, and its commands as they stand there."""
