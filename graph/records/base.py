"""What all records share: frozen values with a deterministic ``id``, and the text that ids are hashes of."""

from __future__ import annotations

import hashlib
import json
from typing import ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator

__all__ = ["Read", "Record", "Regime", "Spread", "Tombstone", "canonical_json", "digest"]

Read = Literal["full_text", "abstract", "code", "page", "third_party", "title"]
"""How a fact was read: in the full text, in the abstract only, in code or its output, on a page of the authors, in what
somebody else wrote about it, or in the title alone."""
Spread = Literal["sd", "se", "ci95", "range"]
"""What stands behind a printed ±: standard deviation, standard error, 95 % interval, or smallest and largest value."""
Regime = Literal["zero_shot", "few_shot", "fine_tuned", "from_scratch", "pretraining"]


# Made once: `json.dumps` with options makes an encoder at every call, six sevenths of its time on a short text.
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


def canonical_json(value: object) -> str:
    """JSON with sorted keys and no spaces: one text for one value, so that it can be hashed."""
    return _CANONICAL.encode(value)


def digest(value: object, length: int = 16) -> str:
    """Hexadecimal sha256 of the canonical JSON of ``value``, cut to ``length`` characters."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()[:length]


class Record(BaseModel):
    """Base of all records: frozen, no unknown fields, with a deterministic ``id``."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False)

    prefix: ClassVar[str] = ""
    identity: ClassVar[tuple[str, ...]] = ()
    added_identity: ClassVar[tuple[str, ...]] = ()
    """Identifying fields that came later: hashed only where they are set.

    A record that says nothing in such a field keeps the id that it had before the field existed, and with it the
    reviews, relations and quotations that name it.
    """
    digest_length: ClassVar[int] = 16

    id: str = ""
    """Deterministic identifier; computed from the identifying fields when left out."""

    @model_validator(mode="after")
    def _fill_id(self) -> Self:
        if not self.id:
            object.__setattr__(self, "id", self.compute_id())
            self.__pydantic_fields_set__.add("id")
        return self

    def compute_id(self) -> str:
        """Id from the identifying fields.

        Raises
        ------
        ValueError
            If this kind of record takes its id from outside (a DOI, a vocabulary name).
        """
        if not self.identity:
            msg = f"{type(self).__name__} needs an id: it is named from outside, not computed."
            raise ValueError(msg)
        data = self.model_dump(mode="json", include={*self.identity, *self.added_identity})
        names = (*self.identity, *(name for name in self.added_identity if data[name] not in (None, [])))
        return f"{self.prefix}:{digest([[name, data[name]] for name in names], self.digest_length)}"


class Tombstone(Record):
    """Removes a record: the target is gone from every store that is built after it."""

    prefix: ClassVar[str] = "tombstone"
    identity: ClassVar[tuple[str, ...]] = ("target_record", "target_id")

    target_record: str
    """Kind of the record that is removed."""
    target_id: str
    """Its id."""
    reason: str = ""
    """Why."""
