"""Claims: looked up, checked, compared, reviewed, and their verdicts kept up to date."""
