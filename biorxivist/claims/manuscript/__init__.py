"""A manuscript checked against the papers that it cites: its citing sentences, and whether each paper says so."""

from __future__ import annotations

from biorxivist.claims.manuscript.check import CitedSentence, Outcome, check_manuscript

__all__ = ["CitedSentence", "Outcome", "check_manuscript"]
