"""The report of the demo: one HTML file that needs nothing else, for the reader who does not open a terminal."""

from __future__ import annotations

from biorxivist.demo.report.page import render, write_report

__all__ = ["render", "write_report"]
