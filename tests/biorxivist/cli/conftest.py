from __future__ import annotations

from tests.biorxivist.literature.conftest import fake, sources_of

__all__ = ["fake", "sources_of"]
