"""The places that papers come from, by name, behind one protocol (`biorxivist.literature.sources.base.Source`).

``europepmc`` searches and has open full text; ``biorxiv`` and ``medrxiv`` are the feeds by date, with all versions;
``biorxiv_web`` and ``medrxiv_web`` are the websites, for users who choose them; ``crossref`` has reference lists;
``openalex`` knows citing papers; ``local`` is a folder of the user's own files.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from platformdirs import user_data_dir

from biorxivist.contact import read_contact
from biorxivist.literature.errors import NotOffered
from biorxivist.literature.http import Limits, Pace, Session

if TYPE_CHECKING:
    from biorxivist.literature.sources.base import Source

__all__ = ["NAMES", "Endpoint", "Sources"]


@dataclass(frozen=True)
class Endpoint:
    """Where a service is, and how fast it may be queried."""

    url: str
    pace: Pace


# Paces: Crossref and OpenAlex as they document for callers who give no address; Europe PMC advises at most ten per
# second; bioRxiv says nothing about its API and slows scripts on its site, hence one, and one per three seconds.
DEFAULTS: Mapping[str, Endpoint] = {
    "europepmc": Endpoint("https://www.ebi.ac.uk/europepmc/webservices/rest", Pace(4.0, 3)),
    "biorxiv_api": Endpoint("https://api.biorxiv.org", Pace(1.0, 1)),
    "biorxiv_web": Endpoint("https://www.biorxiv.org", Pace(1 / 3, 1)),
    "medrxiv_web": Endpoint("https://www.medrxiv.org", Pace(1 / 3, 1)),
    "crossref": Endpoint("https://api.crossref.org", Pace(5.0, 1)),
    "openalex": Endpoint("https://api.openalex.org", Pace(5.0, 1)),
}
# Source -> module, class, service. Imported when it is opened: the website's needs a parser, the others do not.
CLASSES: Mapping[str, tuple[str, str, str]] = {
    "europepmc": ("biorxivist.literature.sources.europepmc", "EuropePmc", "europepmc"),
    "biorxiv": ("biorxivist.literature.sources.biorxiv_api", "BioRxivApi", "biorxiv_api"),
    "biorxiv_api": ("biorxivist.literature.sources.biorxiv_api", "BioRxivApi", "biorxiv_api"),
    "biorxiv_web": ("biorxivist.literature.sources.biorxiv_web", "BioRxivWeb", "biorxiv_web"),
    "medrxiv": ("biorxivist.literature.sources.biorxiv_api", "BioRxivApi", "biorxiv_api"),
    "medrxiv_web": ("biorxivist.literature.sources.biorxiv_web", "BioRxivWeb", "medrxiv_web"),
    "crossref": ("biorxivist.literature.sources.crossref", "Crossref", "crossref"),
    "openalex": ("biorxivist.literature.sources.openalex", "OpenAlex", "openalex"),
}
SERVERS: Mapping[str, str] = {"medrxiv": "medrxiv", "medrxiv_web": "medrxiv"}
"""Sources of the sister server: the same API and site under another name."""
NAMES = ("europepmc", "biorxiv", "medrxiv", "biorxiv_web", "medrxiv_web", "crossref", "openalex", "local")


@dataclass
class Sources:
    """The sources over one polite session.

    Parameters
    ----------
    endpoints
        Service -> address and pace, where they differ from the public ones.
    cache
        Folder of the cache; nothing is cached when left out.
    folder
        Folder of the ``local`` source.
    contact
        Mail address that services can write to.
    limits
        Patience of the session.
    offline
        Answer from the cache only.
    """

    endpoints: Mapping[str, Endpoint] = field(default_factory=dict)
    cache: Path | None = None
    folder: Path | None = None
    contact: str | None = None
    limits: Limits | None = None
    offline: bool = False
    _opened: dict[str, Source] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.endpoints = {**DEFAULTS, **self.endpoints}
        paces: dict[str, Pace] = {}
        for endpoint in self.endpoints.values():
            parts = urlsplit(endpoint.url)
            scope = (parts.netloc + parts.path).lower().rstrip("/")
            other = paces.get(scope, endpoint.pace)  # two services at one address share the slower pace
            paces[scope] = min(other, endpoint.pace, key=lambda pace: (pace.rate, pace.concurrency))
        self.session = Session(self.cache, paces=paces, contact=self.contact, limits=self.limits, offline=self.offline)

    @classmethod
    def configured(
        cls, values: Mapping[str, object] | None = None, *, home: Path | None = None, **options: object
    ) -> Sources:
        """Sources as settings name them: ``<service>_url``, ``<service>_rate``, ``contact``, ``papers``, ``home``.

        Parameters
        ----------
        values
            Settings by field name; what is left out or None comes from the environment (``BIORXIVIST_<FIELD>``).
        home
            Home folder; the cache is its ``cache/http``.

        Raises
        ------
        ValueError
            If a rate is not a number above 0.
        """
        prefix = "BIORXIVIST_"
        environment = {
            key.removeprefix(prefix).lower(): text for key, text in os.environ.items() if key.startswith(prefix)
        }
        values = {**environment, **{key: value for key, value in (values or {}).items() if value is not None}}
        endpoints = {}
        for service, default in DEFAULTS.items():
            url, rate = values.get(f"{service}_url"), values.get(f"{service}_rate")
            pace = Pace(_rate(service, rate), default.pace.concurrency) if rate else default.pace
            endpoints[service] = Endpoint(str(url) if url else default.url, pace)
        where = home or Path(str(values.get("home") or user_data_dir("biorxivist", appauthor=False))).expanduser()
        chosen = {
            "contact": values.get("contact") or read_contact(where),
            "folder": values.get("papers") or None,
            **options,
        }
        if chosen["folder"]:
            chosen["folder"] = Path(str(chosen["folder"]))
        return cls(endpoints, cache=where / "cache" / "http", **chosen)  # type: ignore[arg-type]

    def open(self, name: str) -> Source:
        """The source of this name.

        Raises
        ------
        NotOffered
            If none has this name, or ``local`` without a folder.
        """
        if name not in self._opened:
            self._opened[name] = self._make(name)
        return self._opened[name]

    def _make(self, name: str) -> Source:
        if name == "local":
            if self.folder is None:
                msg = "The local source needs a folder of papers: give one (folder=..., --folder, BIORXIVIST_PAPERS)."
                raise NotOffered(msg)
            from biorxivist.literature.sources.local import LocalFolder

            return LocalFolder(self.folder)
        if name not in CLASSES:
            msg = f"There is no source {name!r}; there are {', '.join(NAMES)}."
            raise NotOffered(msg)
        module, kind, service = CLASSES[name]
        server = {"server": SERVERS[name]} if name in SERVERS else {}
        source: Source = getattr(import_module(module), kind)(self.session, base=self.endpoints[service].url, **server)
        return source


def _rate(service: str, value: object) -> float:
    try:
        rate = float(str(value))
    except ValueError:
        rate = 0.0
    if not 0 < rate <= 1000:
        msg = f"The rate of {service} is {value!r}: give requests per second, above 0 and at most 1000."
        raise ValueError(msg)
    return rate
