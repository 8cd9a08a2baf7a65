"""How a store address becomes a store."""

from __future__ import annotations

from pathlib import Path

from graph.errors import StoreUnavailable
from graph.stores.base import Login, Store

__all__ = ["open_store"]

SERVER_SCHEMES = {f"{scheme}{tls}" for scheme in ("neo4j", "bolt") for tls in ("", "+s", "+ssc")}


def open_store(url: str, *, read_only: bool = False, login: Login | None = None) -> Store:
    """Open the store at ``url``.

    Parameters
    ----------
    url
        ``ladybug:PATH`` (a folder), ``neo4j://host`` or ``bolt://host``, also with ``+s`` or ``+ssc`` for TLS.
    read_only
        Refuse to write, and to make what is not there.
    login
        User, password and database of a server.

    Raises
    ------
    StoreUnavailable
        If the address is not understood or holds a password, or there is no such store.
    """
    scheme, _, rest = url.partition(":")
    if scheme == "ladybug" and rest:
        # Each engine is heavy, and the Neo4j driver is optional: import only the one that the address names.
        from graph.stores.ladybug.store import LadybugStore

        return LadybugStore(Path(rest), read_only=read_only)
    if scheme in SERVER_SCHEMES and rest.startswith("//") and rest != "//":
        host = rest.rpartition("@")[2].lstrip("/")
        if "@" in rest:
            msg = (
                f"The address of the server {host} holds a user or a password; addresses are printed. Write "
                f"{scheme}://{host}, and set NEO4J_USERNAME and NEO4J_PASSWORD."
            )
            raise StoreUnavailable(msg)
        from graph.stores.neo4j.store import Neo4jStore

        return Neo4jStore(url, login or Login(), read_only=read_only)
    msg = f"{url!r} is not a store address; use ladybug:PATH (a folder), neo4j://HOST or bolt://HOST."
    raise StoreUnavailable(msg)
