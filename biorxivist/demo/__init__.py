"""The demo: claims, a small experiment and verdicts, on the terminal and as a report."""
