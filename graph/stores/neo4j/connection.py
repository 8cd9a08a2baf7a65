"""The official driver, and its errors in the words of this package."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from graph.errors import QueryFailed, QueryTimeout, QueryTooLarge, StoreBusy, StoreClosed, StoreError, StoreUnavailable
from graph.stores.base import Login
from graph.stores.neo4j.values import plain_value

if TYPE_CHECKING:
    from neo4j import ManagedTransaction, Record, Session

__all__ = ["Connection", "Statement"]

logger = logging.getLogger(__name__)

T = TypeVar("T")
Rows = list[dict[str, Any]]
Statement = tuple[str, Sequence[Mapping[str, Any]]]
"""Cypher, and the rows that it takes as ``$rows``."""

OWN_SECONDS = 60.0
GRACE = 2.0
"""Seconds after its limit in which a server should have stopped a query; one expression is never interrupted."""
DRIVER_RETRIES, READ_SECONDS, RETRY_SECONDS, FIRST_PAUSE = 2.0, 2.0, 45.0, 0.5
DISK_CODES = ("TransactionLogError", "TransactionCommitFailed")
DISK_WORDS = ("No space left", "DiskFull", "FileSystemFull", "needs to be restarted")
"""How a server reports a full disk: in the first answer, and, once its database has stopped, in all others."""
UNINTERESTING: list[Literal["UNRECOGNIZED", "PERFORMANCE", "HINT"]] = ["UNRECOGNIZED", "PERFORMANCE", "HINT"]
"""Notices about properties that no node has yet, and advice; deprecations are heard."""


class Connection:
    """One driver for the life of a store; safe for several threads.

    Parameters
    ----------
    url
        ``neo4j://`` or ``bolt://`` address without a user.
    login
        User, password, database.

    Raises
    ------
    StoreUnavailable
        If the driver is not installed, nobody answers, or the login is refused.
    """

    def __init__(self, url: str, login: Login) -> None:
        self.url, self._login = url, login
        try:
            from neo4j import GraphDatabase
        except ImportError as error:
            msg = f"{url} needs the Neo4j driver, which is not installed: pip install 'biorxivist-graph[neo4j]'."
            raise StoreUnavailable(msg) from error
        self._closed = False
        password = login.password and login.password.get_secret_value()
        with self._translated_errors():
            self._driver = GraphDatabase.driver(
                url,
                auth=(login.username, password) if password else None,
                user_agent="biorxivist-graph",
                connection_timeout=10.0,
                max_transaction_retry_time=DRIVER_RETRIES,
                notifications_disabled_classifications=UNINTERESTING,
            )
            try:
                self._driver.verify_connectivity()
            except BaseException:
                self._driver.close()
                raise

    def close(self) -> None:
        """Close the driver, for good."""
        self._closed = True
        self._driver.close()

    def rows(
        self,
        cypher: str,
        params: Mapping[str, Any] | None = None,
        *,
        seconds: float = OWN_SECONDS,
        patient: bool = False,
    ) -> Rows:
        """Rows of a query of our own, plain; repeated if the server is away.

        Parameters
        ----------
        cypher, params
            The query.
        seconds
            Its time limit.
        patient
            Wait for a server as long as a write does, because the query is a part of one, and not just for a moment.

        Raises
        ------
        StoreError
            As the server's error translates.
        """
        from neo4j import unit_of_work

        @unit_of_work(timeout=seconds)
        def work(transaction: ManagedTransaction) -> Rows:
            return [_plain_row(record) for record in transaction.run(cypher, dict(params or {}))]

        def attempt() -> Rows:
            with self._session(write=False) as session:
                return session.execute_read(work)

        with self._translated_errors(cypher, seconds):  # the driver repeats a read itself, unless its commit was lost
            return self._repeated(attempt, RETRY_SECONDS if patient else READ_SECONDS)

    def ask(self, cypher: str, params: Mapping[str, Any], *, limit: int, seconds: float) -> Rows:
        """Rows of a query from outside, at most ``limit``: read access, never repeated, stopped at the time limit.

        The server looks at its clock between rows only. So the call returns at the limit in any case, and a
        connection on which the server still computes is left behind.

        Raises
        ------
        QueryTimeout
            After ``seconds``; QueryTooLarge at the memory limit of the server, QueryFailed if it refuses the query.
        """
        from neo4j import Query

        def work() -> Rows:
            with (
                self._translated_errors(cypher, seconds),
                self._session(write=False, fetch_size=min(limit, 1000) + 1) as session,
            ):
                result = session.run(Query(cypher, timeout=seconds), dict(params))
                rows = [_plain_row(record) for record in islice(result, limit)]
                result.consume()
                return rows

        return _within(work, seconds + GRACE, QueryTimeout(seconds, cypher))

    def schema(self, statements: Iterable[str]) -> None:
        """Run statements that make or drop constraints and indexes, each in its own transaction."""
        for text in statements:
            self.write([(text, ())])

    def write(
        self, statements: Iterable[Statement], *, check: Statement | None = None, patience: float | None = None
    ) -> None:
        """Run statements in one transaction, and repeat it while the server is away.

        All statements are written so that running them twice is running them once: also a commit whose outcome the
        client did not hear of (IncompleteCommit) is simply repeated.

        Parameters
        ----------
        statements
            What to write.
        check
            A statement that has to find a row, or nothing is written.
        patience
            Seconds in which it is repeated if the server is away.

        Raises
        ------
        StoreUnavailable
            If the server stays away.
        StoreBusy
            If the check finds nothing.
        """
        todo = list(statements)

        def work(transaction: ManagedTransaction) -> None:
            for text, rows in todo:
                transaction.run(text, {"rows": list(rows)}).consume()

        self.transact(work, check=check, patience=patience)

    def transact(
        self,
        work: Callable[[ManagedTransaction], T],
        *,
        check: Statement | None = None,
        patience: float | None = None,
    ) -> T:
        """Result of a function in a managed write transaction; it may be called more than once.

        Parameters
        ----------
        work
            What to do; doing it twice has to be doing it once.
        check, patience
            As in ``write``.
        """

        def checked(transaction: ManagedTransaction) -> T:
            if check and transaction.run(check[0], rows=list(check[1])).single() is None:
                msg = f"Another process has taken over writing to {self.url}; nothing of this batch was written."
                raise StoreBusy(msg)
            return work(transaction)

        def attempt() -> T:
            with self._session(write=True) as session:
                return session.execute_write(checked)

        with self._translated_errors():
            return self._repeated(attempt, RETRY_SECONDS if patience is None else patience)

    def _repeated(self, attempt: Callable[[], T], patience: float) -> T:
        from neo4j.exceptions import DatabaseUnavailable, ServiceUnavailable, SessionExpired

        start, pause = time.monotonic(), FIRST_PAUSE
        while True:
            try:
                return attempt()
            except (ServiceUnavailable, SessionExpired, DatabaseUnavailable) as error:  # IncompleteCommit is the first
                left = start + patience - time.monotonic()
                if left <= 0:
                    raise
                if pause == FIRST_PAUSE:
                    logger.warning("%s went away (%s); trying again for %d s", self.url, type(error).__name__, left)
                time.sleep(min(pause, left))
                pause = min(2 * pause, 5.0)

    def _session(self, *, write: bool, fetch_size: int = 1000) -> Session:
        from neo4j import READ_ACCESS, WRITE_ACCESS

        if self._closed:
            raise StoreClosed(self.url)
        return self._driver.session(
            database=self._login.database,
            default_access_mode=WRITE_ACCESS if write else READ_ACCESS,
            fetch_size=fetch_size,
        )

    @contextmanager
    def _translated_errors(self, cypher: str = "", seconds: float = 0.0) -> Iterator[None]:
        """Raise the driver's errors as ours."""
        from neo4j.exceptions import DriverError, Neo4jError

        try:
            yield
        except (Neo4jError, DriverError, OSError, ValueError) as error:
            raise self._meaning(error, cypher, seconds) from error

    def _meaning(self, error: Exception, cypher: str, seconds: float) -> StoreError:
        from neo4j.exceptions import AuthError, ClientError, DriverError, IncompleteCommit, Neo4jError

        code = (error.code or "") if isinstance(error, Neo4jError) else ""
        if code.endswith("AuthenticationRateLimit"):
            return StoreUnavailable(
                f"{self.url} refused the login of {self._login.username} without looking at it, after several wrong "
                "ones; correct NEO4J_USERNAME and NEO4J_PASSWORD and wait a few seconds."
            )
        if isinstance(error, AuthError):
            return StoreUnavailable(
                f"{self.url} refused the login of {self._login.username}; set NEO4J_USERNAME and NEO4J_PASSWORD."
            )
        if isinstance(error, IncompleteCommit) and not cypher:  # the commit of a read changes nothing
            return StoreUnavailable(
                f"{self.url} went away while it committed; whether that batch was written is not known. Run the same "
                "command again when the server is back: it completes what is missing and repeats nothing."
            )
        if isinstance(error, DriverError | OSError):
            return StoreUnavailable(
                f"No Neo4j server answers at {self.url} ({type(error).__name__}). Start it (`make neo4j`, or `docker "
                "compose up --detach --wait`) or correct the address. What it acknowledged is kept; a load that was "
                "cut off is completed by running it again."
            )
        if "TransactionTimedOut" in code or code.endswith("Transaction.Terminated"):
            return QueryTimeout(seconds, cypher)
        if code.endswith("DatabaseUnavailable"):
            name = self._login.database or "neo4j"
            return StoreUnavailable(
                f"The server at {self.url} runs, but its database {name} does not: it is still starting, or its files "
                "are damaged (the server's debug.log says which). A damaged one is built again from the archive: stop "
                f"the server, remove data/databases/{name} and data/transactions/{name} from its folder, start it, and "
                "run `biorxivist graph rebuild`."
            )
        if code.endswith("DatabaseNotFound"):
            return StoreUnavailable(f"{self.url} has no database {self._login.database}; correct NEO4J_DATABASE.")
        if "OutOfMemory" in code:
            return QueryTooLarge(
                "The query was stopped at the memory limit of the server. Narrow it (labels, WHERE, LIMIT) or return "
                "less per row.",
                cypher,
            )
        message = str(getattr(error, "message", None) or error)
        if code.endswith(DISK_CODES) or any(words in message for words in DISK_WORDS):
            return StoreUnavailable(
                f"{self.url} could not write to its disk, which is probably full ({message}). Free space there, "
                "restart the server, and run the same command again: it completes what is missing. What was "
                "acknowledged before is kept."
            )
        if isinstance(error, ClientError):
            return QueryFailed(f"The engine refused the query: {message}", cypher)
        return StoreError(f"{self.url} failed: {message} ({code or type(error).__name__}).")


def _plain_row(record: Record) -> dict[str, Any]:
    return {name: plain_value(value) for name, value in dict(record).items()}


def _within(work: Callable[[], T], seconds: float, late: QueryTimeout) -> T:
    """Result of ``work`` in a thread of its own, or ``late`` if it has none in time."""
    results: list[T] = []
    failures: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # noqa: BLE001 (raised below, in the thread of the caller)
            failures.append(error)

    thread = threading.Thread(target=run, daemon=True, name="neo4j-query")
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise late
    if failures:
        raise failures[0]
    return results[0]
