"""A throw-away Neo4j Community server without Docker, for the tests and for ``make neo4j``.

It listens on the loopback address only, has a random password and bounds on memory, reads no files, and ends when the
process that started it ends, in whatever way.
"""

from __future__ import annotations

import argparse
import logging
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from pydantic import SecretStr

from graph.errors import StoreUnavailable
from graph.stores.base import Login
from tests.neo4j_server import release as neo4j_release

__all__ = ["SHORT_LIVED", "Server", "main"]

logger = logging.getLogger(__name__)

OPENED = ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent", "java.lang")
CONFIGURATION = """server.bolt.listen_address=127.0.0.1:{port}
server.http.enabled=false
server.https.enabled=false
dbms.usage_report.enabled=false
internal.server.bolt.thread_pool_shutdown_wait_time=0s
server.memory.pagecache.size=64m
dbms.memory.transaction.total.max=256m
db.transaction.timeout=30s
dbms.security.allow_csv_import_from_file_urls=false
server.directories.import=import
dbms.security.procedures.allowlist=db.index.fulltext.queryNodes,db.index.vector.queryNodes,db.awaitIndexes
"""
HEAP = "-Xmx512m"
SHORT_LIVED = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""Options of Java with which a server is up in half the time, and slower when it runs for long."""
START_SECONDS, STOP_SECONDS = 120, 30
PORTS = range(20_000, 32_000)
WATCH = "import os, signal, sys; sys.stdin.buffer.read(); os.kill(int(sys.argv[1]), signal.SIGKILL)"
"""Waits for the end of its input, which is the end of the process that holds the other end of the pipe."""


class Server:
    """A server process with its own folder; ``start`` and ``stop`` may be repeated, the data stay.

    Parameters
    ----------
    folder
        Data, configuration and logs; jars in its ``plugins`` are loaded.
    port
        Bolt port on the loopback address; a free one if 0.
    release
        ``lts``, ``latest`` or a version; what the installed Java runs by default (``neo4j_release.choose``).
    settings
        Lines of configuration besides the usual ones, or in their place.
    java_options
        Options of Java besides the usual ones, for example ``SHORT_LIVED``.
    cache
        Where the jars are kept; the user's cache folder by default.

    Raises
    ------
    StoreUnavailable
        If Java or the jars are missing and cannot be fetched.
    """

    def __init__(
        self,
        folder: Path,
        *,
        port: int = 0,
        release: str | None = None,
        settings: Sequence[str] = (),
        java_options: Sequence[str] = (),
        cache: Path | None = None,
    ) -> None:
        self.folder = folder.absolute()
        self._chosen = neo4j_release.choose(release)
        self.release = self._chosen.version
        self._jars = neo4j_release.find_jars(self.release, cache=cache)
        self._settings, self._java_options = tuple(settings), tuple(java_options)
        self._port = port or _free_port()
        self.url = f"bolt://127.0.0.1:{self._port}"
        self.login = Login(password=SecretStr(secrets.token_urlsafe(18)))
        self.process: subprocess.Popen[bytes] | None = None
        self._watch: subprocess.Popen[bytes] | None = None
        self._fresh = True

    def start(self) -> None:
        """Start the process, if it does not run, and wait until it answers.

        Raises
        ------
        StoreUnavailable
            If it does not; the end of its log is in the message.
        """
        if self.process is not None:
            if self.process.poll() is None:
                return
            logger.warning("%s ended by itself (%s): %s", self.url, self.process.returncode, self.last_words())
            self._reaped()
        log = self.folder / "console.log"
        before = log.stat().st_size if log.exists() else 0
        try:
            self._launch(log)
            deadline = time.monotonic() + START_SECONDS
            while b"Started." not in log.read_bytes()[before:]:
                if self.process is None or self.process.poll() is not None or time.monotonic() > deadline:
                    msg = f"Neo4j {self.release} did not start: {self.last_words()}"
                    raise StoreUnavailable(msg)
                time.sleep(0.1)
            if self._fresh:
                self._set_password()
                self._fresh = False
        except BaseException:
            self.kill()
            raise

    def _launch(self, log: Path) -> None:
        conf = self.folder / "conf"
        for path in (conf, self.folder / "import"):
            path.mkdir(parents=True, exist_ok=True)
        lines = (*CONFIGURATION.format(port=self._port).splitlines(), *self._settings)
        settings = {line.partition("=")[0]: line for line in lines}  # the server takes no setting twice
        (conf / "neo4j.conf").write_text("".join(f"{line}\n" for line in settings.values()), encoding="utf-8")
        opened = [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in OPENED]
        command: list[str | Path] = [
            self._chosen.java, HEAP, *self._java_options, *opened, "-Dlog4j2.disable.jmx=true",
            "-cp", f"{self._jars}/*{os.pathsep}{self.folder}/plugins/*", self._chosen.main,
            f"--home-dir={self.folder}", f"--config-dir={conf}", "--console-mode",
        ]  # fmt: skip
        environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                command, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=environment,
                start_new_session=True,
            )  # fmt: skip
        self._watch = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", WATCH, str(self.process.pid)],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )

    def stop(self) -> None:
        """End the process, by force if it does not go."""
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self._reaped()

    def kill(self) -> None:
        """End the process at once, as a power cut would."""
        if self.process is not None:
            self.process.kill()
        self._reaped()

    def last_words(self) -> str:
        """The end of what the server said on its console."""
        log = self.folder / "console.log"
        return log.read_bytes()[-800:].decode(errors="replace") if log.exists() else ""

    def _reaped(self) -> None:
        """Wait for the end of the process, then let its watch go."""
        if self.process is not None:
            self.process.wait()
        if self._watch is not None:
            self._watch.kill()
            self._watch.communicate()
        self.process = self._watch = None

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

        assert self.login.password is not None
        new = self.login.password.get_secret_value()
        try:
            with GraphDatabase.driver(self.url, auth=("neo4j", "neo4j")) as driver:
                driver.execute_query(
                    "ALTER CURRENT USER SET PASSWORD FROM 'neo4j' TO $new", {"new": new}, database_="system"
                )
        except (DriverError, Neo4jError) as error:
            msg = f"The password of the server in {self.folder} could not be set ({type(error).__name__})."
            raise StoreUnavailable(msg) from None


def _free_port() -> int:
    """A port below those that a system gives to clients: a server that is restarted finds it free again."""
    for _ in range(100):
        port = PORTS.start + secrets.randbelow(len(PORTS))
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    msg = f"No port from {PORTS.start} to {PORTS.stop - 1} is free for a Neo4j server; name one (--port)."
    raise StoreUnavailable(msg)


def main() -> int:
    """Run a server until Ctrl-C; its address and password are written to a file that only the user can read."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--port", type=int, default=0, help="Bolt port; a free one by default")
    parser.add_argument(
        "--release",
        default=os.environ.get("BIORXIVIST_NEO4J_RELEASE") or None,
        help="lts, latest or a version (BIORXIVIST_NEO4J_RELEASE); what the installed Java runs by default",
    )
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="biorxivist-neo4j-") as name:
        try:
            with Server(Path(name), port=asked.port, release=asked.release) as server:
                assert server.login.password is not None
                login = Path(name) / "login.env"
                login.touch(mode=0o600)
                secret = server.login.password.get_secret_value()
                lines = [f"BIORXIVIST_STORE={server.url}", f"NEO4J_URI={server.url}", f"NEO4J_PASSWORD={secret}"]
                login.write_text("".join(f"export {line}\n" for line in lines), encoding="utf-8")
                sys.stdout.write(f"Neo4j {server.release} at {server.url}. In another shell: . {login}\n")
                sys.stdout.write("Ctrl-C ends it and removes its data.\n")
                sys.stdout.flush()
                while server.process is not None and server.process.poll() is None:
                    time.sleep(0.5)
                sys.stderr.write(f"The server ended by itself: {server.last_words()}\n")
        except KeyboardInterrupt:
            return 0
        except StoreUnavailable as error:
            sys.stderr.write(f"{error}\n")
            return 3
    return 1


if __name__ == "__main__":
    sys.exit(main())
