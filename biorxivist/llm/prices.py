"""What a model costs, by a file of the user's; a model that is not in it has tokens and no price.

``llm_prices.toml`` in the home::

    ["name of the model"]
    input = 1.0  # US dollars per million tokens
    output = 4.0
"""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from biorxivist.errors import InvalidInput

__all__ = ["FILE", "Price", "read_price"]

FILE = "llm_prices.toml"
MILLION = 1_000_000


class Price(BaseModel):
    """US dollars per million tokens."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input: float = Field(ge=0)
    output: float = Field(ge=0)

    def of(self, tokens_in: int, tokens_out: int) -> float:
        """US dollars for so many tokens."""
        return (tokens_in * self.input + tokens_out * self.output) / MILLION


def read_price(path: Path, model: str) -> Price | None:
    """The price of a model; None where the file or the entry is missing.

    Raises
    ------
    InvalidInput
        If the file is not TOML, or the entry is not an input and an output price.
    """
    if not path.is_file():
        return None
    try:
        entry = tomllib.loads(path.read_text(encoding="utf-8")).get(model)
        return None if entry is None else Price.model_validate(entry)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValidationError) as error:
        reason = error.errors()[0]["msg"] if isinstance(error, ValidationError) else error
        msg = (
            f'{path}: no price of {model!r} can be read ({reason}). An entry is ["{model}"] with input = and output =.'
        )
        raise InvalidInput(msg) from error
