"""Services that behave like the real ones, on loopback, fed with edited real samples."""

from __future__ import annotations

from .corpus import Corpus, build
from .server import FakeLiterature

__all__ = ["Corpus", "FakeLiterature", "build"]
