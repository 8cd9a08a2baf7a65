"""An answer as text: lines for a terminal, or Markdown; JSON is the record itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from biorxivist.answers.answer import Answer, Sentence

__all__ = ["Line", "as_lines", "as_markdown", "closing"]

HEADINGS = {"for": "For:", "against": "Against:", "related": "Related, and not counted above:", "missing": ""}
SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~])")


class Line(NamedTuple):
    """A line with its spaces in front, and further ones where it is wrapped."""

    text: str
    indent: int = 0
    hang: int = 0


def as_lines(answer: Answer) -> Iterator[Line]:
    """Lines for a terminal: the bottom line, both sides with each verdict under its claim, what is missing."""
    number, part = 0, ""
    for sentence in answer.sentences:
        if sentence.part != part:
            part = sentence.part
            if heading := HEADINGS.get(part, ""):
                yield Line(heading)
        if sentence.kind == "verdict":  # it follows the claim that it is about, and is not numbered
            yield Line(sentence.text, indent=3)
        elif part in ("bottom_line", "missing"):
            yield Line(sentence.text)
        else:
            number += 1
            yield Line(f"{number}. {sentence.text}", hang=3)
        yield Line(source_of(sentence), indent=0 if part in ("bottom_line", "missing") else 3)
    for each in answer.removed:
        yield Line(f"removed ({each.reason}): {each.text}")


def source_of(sentence: Sentence) -> str:
    """Citation and ids of a sentence."""
    ids = ", ".join(sentence.sources[:4]) + (
        f" and {len(sentence.sources) - 4} more" if len(sentence.sources) > 4 else ""
    )
    return f"{sentence.citation} [{ids}]" if sentence.citation else f"[{ids}]"


def closing(answer: Answer) -> str:
    """What is said beside the answer: status, support, reason, and what the graph holds instead."""
    text = f"{answer.status}, support: {answer.support}."
    if answer.reason:
        text += f" {answer.reason}"
    if answer.nearest:
        text += f" Nearest: {'; '.join(answer.nearest[:6])}."
    if answer.usage is not None:
        cost = "unknown cost" if answer.usage.usd is None else f"{answer.usage.usd:.4f} US dollars"
        text += (
            f" {answer.model}: {answer.usage.calls} calls, {answer.usage.tokens_in} + {answer.usage.tokens_out} "
            f"tokens, {cost}."
        )
    return text


def as_markdown(answer: Answer) -> str:
    """The answer as Markdown; text of papers is escaped, so that no link and no tag of theirs is live."""
    lines = [f"**{_plain(answer.question)}**", ""]
    part = ""
    for sentence in answer.sentences:
        if sentence.part != part:
            part = sentence.part
            if heading := HEADINGS.get(part, ""):
                lines += ["", f"*{heading}*", ""]
        text = f"{_plain(sentence.text)} {_plain(source_of(sentence))}"
        if part in ("bottom_line", "missing"):
            lines += [text, ""]
        else:
            lines.append(f"  - {text}" if sentence.kind == "verdict" else f"- {text}")
    lines += ["", f"*{_plain(closing(answer))}*"]
    lines += [f"- removed ({each.reason}): {_plain(each.text)}" for each in answer.removed]
    for query in answer.cypher:
        lines += ["", f"`{query.text.replace('`', '')}`: {query.rows} rows"]
    return "\n".join(lines).strip() + "\n"


def _plain(text: str) -> str:
    return SPECIAL.sub(r"\\\1", text)
