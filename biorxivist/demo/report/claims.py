"""The claims of the report: the bar of verdicts, the filter, and a row per claim that opens to its evidence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from biorxivist.demo.model import Demo, JudgedClaim, counts
from biorxivist.demo.report.markup import link, named, section, text
from graph.evidence.verdict import DECISIVE, limits, number, sentence
from graph.records import Evidence
from graph.vocabulary import Vocabulary

__all__ = ["render_bar", "render_claims"]

NOTE = (
    "A verdict names the scale at which it was reached: “reproduced” needs new runs at half of the claim's corpus and "
    "model size or more, “at scale” are smaller runs, and “printed” is a re-analysis of numbers that papers print. "
    "Open a row for its gates, steps and source."
)
GROUPS = (
    ("decided", "Decided"),
    ("inconclusive", "Tested, and still open"),
    ("not_testable", "Not testable with the numbers at hand"),
)


def render_bar(demo: Demo) -> str:
    """The verdicts on all claims as a bar of parts, with a legend that gives their numbers."""
    numbers = counts(demo.rows)
    parts = "".join(
        f'<i class="fill v-{verdict}" style="width:{100 * count / len(demo.rows):.2f}%"></i>'
        for verdict, count in numbers.items()
    )
    legend = "".join(
        f'<li><i class="fill v-{verdict}"></i>{count} {text(verdict.replace("_", " "))}</li>'
        for verdict, count in numbers.items()
    )
    # The legend says the same in words, so a screen reader need not hear of the bar.
    return f'<div class="bar" aria-hidden="true">{parts}</div><ul class="legend">{legend}</ul>'


def render_claims(demo: Demo) -> str:
    """All claims in three groups, and the filter over them."""
    grouped: dict[str, list[JudgedClaim]] = {name: [] for name, _ in GROUPS}
    for row in demo.rows:
        grouped[row.verdict if row.verdict in grouped else "decided"].append(row)
    vocabulary = demo.index.vocabulary
    body = "".join(
        f'<details class="group" data-group="{name}" open><summary>{text(title)}: <b>{len(grouped[name])}</b> claims'
        f'</summary><div class="claims">{"".join(_claim(row, vocabulary) for row in grouped[name])}</div></details>'
        for name, title in GROUPS
        if grouped[name]
    )
    return section("Verdicts", NOTE, _filter(demo) + body)


def _filter(demo: Demo) -> str:
    """Three menus and the number of visible claims; hidden until the script of the page is there to serve them."""
    verdicts = [(verdict, verdict.replace("_", " ")) for verdict in counts(demo.rows)]
    kinds = [(kind, kind.replace("_", " ")) for kind in sorted({row.claim.kind for row in demo.rows})]
    papers = {row.claim.paper_id: demo.index.cite(row.claim.paper_id) for row in demo.rows}
    by_name = sorted(papers.items(), key=lambda paper: (paper[1].strip("“(").casefold(), paper[0]))
    menus = _menu("verdict", "Verdict", verdicts) + _menu("kind", "Kind", kinds) + _menu("paper", "Paper", by_name)
    total = len(demo.rows)
    return (
        f'<form class="filter" id="filter" hidden>{menus}<button type="reset">Show all</button>'
        f'<p role="status" aria-live="polite" id="count">{total} of {total} claims shown.</p></form>'
    )


def _menu(name: str, label: str, options: Iterable[tuple[str, str]]) -> str:
    choices = "".join(f'<option value="{text(value)}">{text(words)}</option>' for value, words in options)
    return f'<label>{text(label)}<select name="{name}"><option value="">all</option>{choices}</select></label>'


def _claim(row: JudgedClaim, vocabulary: Vocabulary) -> str:
    claim, verdict = row.claim, text(row.verdict)
    first = row.evidence[0] if row.evidence else None
    reason = f'<span class="who">{named(row.reason, vocabulary)}</span>' if row.verdict == "not_testable" else ""
    return (
        f'<details class="claim v-{verdict}" data-verdict="{verdict}" data-kind="{text(claim.kind)}" '
        f'data-paper="{text(claim.paper_id)}"><summary>'
        f'<span class="badge">{text(row.verdict.replace("_", " "))}</span>'
        f'<span>{text(claim.statement)}<span class="who">{text(row.who)}</span>{reason}</span>'
        f'<span class="effect">{_effect(first)}</span></summary>'
        f'<div class="inside">{_quote(claim.quote)}{"".join(_evidence(each, vocabulary) for each in row.evidence)}'
        f'<p class="soft">Source: {text(claim.location or "")} {link(claim.source_url)}<br>'
        f"<code>{text(claim.id)}</code></p></div></details>"
    )


def _quote(quote: str | None) -> str:
    return f"<p>“{text(quote)}”</p>" if quote else ""


def _effect(evidence: Evidence | None) -> str:
    """Effect, interval and scale of a verdict; nothing where nothing was tested."""
    if evidence is None or evidence.verdict == "not_testable":
        return ""
    lines = [] if evidence.effect is None else [f"<small>{text(limits(evidence))}</small>"]
    if evidence.basis == "reanalysis":
        lines.append("<small>re-analysis</small>")
    elif evidence.scale_ratio is not None:
        lines.append(f"<small>at {evidence.scale_ratio:.2g} of the claim's corpus</small>")
    value = "" if evidence.effect is None else text(_value(evidence, evidence.effect))
    return value + "".join(lines)


def _value(evidence: Evidence, effect: float) -> str:
    if effect == 0 and evidence.rule.startswith("scale_fact"):
        return "same count"
    return number(evidence, effect)


def _evidence(evidence: Evidence, vocabulary: Vocabulary) -> str:
    steps = "".join(f"<li>{named(step, vocabulary)}</li>" for step in evidence.reasons if not step.startswith(DECISIVE))
    inputs = f"{len(evidence.inputs)} inputs, rule {text(evidence.rule)}, <code>{text(evidence.id)}</code>"
    basis = "re-analysis of printed numbers" if evidence.basis == "reanalysis" else "new runs"
    return (
        f"<p><b>{named(sentence(evidence), vocabulary)}</b>{_smallest_effect(evidence)}</p>"
        f"{_gates(evidence, vocabulary)}<ol>{steps}</ol>"
        f'<p class="soft">By {text(basis)}; {inputs}</p>'
    )


def _smallest_effect(evidence: Evidence) -> str:
    if evidence.mde is None:
        return ""
    return f" Smallest effect that could have been seen: {text(number(evidence, evidence.mde).lstrip('+'))}."


def _gates(evidence: Evidence, vocabulary: Vocabulary) -> str:
    rows: Sequence[str] = [
        f'<tr><td class="{"ok" if gate.passed else "failed"}">{"met" if gate.passed else "not met"}</td>'
        f"<td>{text(name.replace('_', ' '))}</td><td>{named(gate.need, vocabulary)}</td>"
        f"<td>{named('' if gate.value is None else gate.value, vocabulary)}</td></tr>"
        for name, gate in evidence.gates.items()
    ]
    return f'<table class="gates">{"".join(rows)}</table>' if rows else ""
