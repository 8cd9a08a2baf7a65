"""The rules: one module per kind of claim, each with an experiment and, where numbers are printed, a re-analysis."""
