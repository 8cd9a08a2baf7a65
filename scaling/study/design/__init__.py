"""From a claim to the study that would test it: what it needs, the study file, its cost, and what it could see."""
