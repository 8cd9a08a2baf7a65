"""Ask a language model once: from the cache if it was answered before, else within the budget."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from biorxivist.llm.budget import Budget
from biorxivist.llm.cache import Answers
from biorxivist.llm.errors import UnusableAnswer
from biorxivist.llm.request import Model, Reply, Request, fingerprint
from biorxivist.llm.retry import Patience, send

__all__ = ["Shape", "ShapedReply", "ask", "read_reply"]

Shape = TypeVar("Shape", bound=BaseModel)
WRAPPING = re.compile(r"\A\s*(?:<think>.*?</think>\s*)?(?:```(?:json)?\s*)?|\s*(?:```)?\s*\Z", re.DOTALL)
"""What small servers put around JSON: thoughts, a fence."""


@dataclass(frozen=True)
class ShapedReply(Generic[Shape]):
    """An answer in its shape."""

    answer: Shape
    cached: bool
    """Whether it was answered before, so that nothing was sent."""


def ask(
    model: Model,
    request: Request,
    shape: type[Shape],
    *,
    answers: Answers,
    budget: Budget,
    patience: Patience | None = None,
) -> ShapedReply[Shape]:
    """Answer a request.

    Parameters
    ----------
    shape
        Pydantic model of the answer, of which ``request.schema`` is the schema.

    Raises
    ------
    CallFailed
        If no answer came; nothing was paid.
    UnusableAnswer
        If one came and is cut off, refused or of another shape; it is not asked again by itself.
    BudgetSpent
        If a call could exceed a cap.
    """
    key = fingerprint(model, request)
    known = answers.find(key)
    if known is not None:
        return ShapedReply(read_reply(known, shape), cached=True)
    reply = send(model, request, budget=budget, patience=patience or Patience())
    try:
        answer = read_reply(reply, shape)
    except UnusableAnswer:
        answers.add(key, model, reply, usable=False)
        raise
    answers.add(key, model, reply, usable=True)
    return ShapedReply(answer, cached=False)


def read_reply(reply: Reply, shape: type[Shape]) -> Shape:
    """Read an answer in its shape.

    Raises
    ------
    UnusableAnswer
        If it is cut off, refused, no JSON or of another shape.
    """
    if reply.stopped == "refusal":
        msg = "The model refused to answer."
        raise UnusableAnswer(msg, why="refusal")
    if reply.stopped == "nothing":
        msg = "The body of the server's answer holds no message."
        raise UnusableAnswer(msg, why="no_answer")
    if reply.stopped == "length":
        msg = f"The answer was cut off at the limit of tokens, after {len(reply.text)} characters."
        raise UnusableAnswer(msg, why="cut_off")
    try:
        value = json.loads(WRAPPING.sub("", reply.text))
    except (ValueError, RecursionError) as error:
        msg = f"The answer of {len(reply.text)} characters is not JSON ({type(error).__name__})."
        raise UnusableAnswer(msg, why="not_json") from error
    try:
        return shape.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the whole"
        msg = f"The answer is not of the schema: {where}: {first['msg']}."
        raise UnusableAnswer(msg, why="wrong_schema") from error
