"""A language model server on loopback that answers as told, and fails as told."""

from __future__ import annotations

from .server import FAULTS, UNPAID, UNUSABLE, Call, FakeLLM, every_third

__all__ = ["FAULTS", "UNPAID", "UNUSABLE", "Call", "FakeLLM", "every_third"]
