"""The cache: bodies as they came, named by what is in them, with their headers beside them.

``bodies/ab/<sha256>`` holds the raw bytes, ``answers/ab/<key>.json`` what they answered: address, DOI, version,
status, headers, when. The key is the hash of (address, DOI, version), because the text at one address changes when
a new version is posted. A file that was cut off or changed is a miss, never an answer.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

__all__ = ["Cache", "Cached"]

logger = logging.getLogger(__name__)

NEVER_STORED = {"set-cookie", "authorization", "proxy-authorization"}


@dataclass(frozen=True)
class Cached:
    """An answer from the cache."""

    url: str
    """Address that answered, after redirects."""
    status: int
    headers: Mapping[str, str]
    body: bytes
    at: datetime


class Cache:
    """A folder of answers; several threads and processes may use it at once.

    Parameters
    ----------
    folder
        Created with the first answer.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)

    def read(
        self, url: str, *, doi: str | None = None, version: str | None = None, max_age: timedelta | None = None
    ) -> Cached | None:
        """The answer for (url, doi, version), if it is there, whole, and no older than ``max_age``."""
        try:
            entry = json.loads(self._entry(url, doi, version).read_text(encoding="utf-8"))
            at = datetime.fromisoformat(entry["at"])
            if max_age is not None and datetime.now(UTC) - at > max_age:
                return None
            body = self._body(entry["sha256"]).read_bytes()
            if hashlib.sha256(body).hexdigest() != entry["sha256"]:
                return None
            return Cached(entry["url"], entry["status"], entry["headers"], body, at)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(
        self,
        url: str,
        body: bytes,
        *,
        final_url: str,
        status: int,
        headers: Mapping[str, str],
        doi: str | None = None,
        version: str | None = None,
    ) -> None:
        """Keep an answer; cookies are left out. A disk that is full or read-only costs the copy, not the answer."""
        try:
            self._write(url, body, final_url, status, headers, doi, version)
        except OSError as error:
            logger.warning("%s was not cached in %s: %s", url, self.folder, error)

    def _write(
        self,
        url: str,
        body: bytes,
        final_url: str,
        status: int,
        headers: Mapping[str, str],
        doi: str | None,
        version: str | None,
    ) -> None:
        name = hashlib.sha256(body).hexdigest()
        target = self._body(name)
        if not target.exists():
            _put(target, body)
        entry = {
            "asked": url,
            "url": final_url,
            "doi": doi,
            "version": version,
            "status": status,
            "headers": {key: value for key, value in headers.items() if key.lower() not in NEVER_STORED},
            "sha256": name,
            "at": datetime.now(UTC).isoformat(),
        }
        _put(self._entry(url, doi, version), json.dumps(entry, indent=1).encode())

    def _entry(self, url: str, doi: str | None, version: str | None) -> Path:
        key = hashlib.sha256(json.dumps([url, doi, version]).encode()).hexdigest()
        return self.folder / "answers" / key[:2] / f"{key}.json"

    def _body(self, name: str) -> Path:
        if len(name) != 64 or not name.isalnum():
            msg = f"{name!r} is no sha256"
            raise ValueError(msg)
        return self.folder / "bodies" / name[:2] / name


def _put(path: Path, data: bytes) -> None:
    """Write a file so that readers see all of it or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(number, "wb") as handle:
            handle.write(data)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
