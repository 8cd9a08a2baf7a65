"""``biorxivist compare``, ``evidence``, ``explain``, ``check`` and ``ask``: what is claimed, and what holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from biorxivist.cli.options import CsvFlag, JsonFlag, form
from biorxivist.cli.output import note, print_rows, print_text
from biorxivist.errors import FAILED

if TYPE_CHECKING:
    from biorxivist.answers import Answer
    from biorxivist.claims.check import Checked, Finding
    from biorxivist.claims.index import Knowledge
    from graph.records import Claim, Evidence

__all__ = ["ask", "check", "compare", "evidence", "explain"]

OTHERS = {
    "contradicts": "contradicted by",
    "differs_in_scope": "opposed, in another scope, by",
    "agrees": "agrees with",
}
ModelOption = Annotated[str | None, typer.Option("--model", help="A language model (not in this version).")]


def _known() -> Knowledge:
    from biorxivist.claims.index import KINDS, Knowledge
    from biorxivist.cli.opening import ready
    from biorxivist.workspace.home import open_home

    return Knowledge.of(ready(open_home()).archive.read(*KINDS))


def compare(
    a: Annotated[str, typer.Argument(metavar="A", help="Claim id (its beginning will do), DOI or paper id.")],
    b: Annotated[str, typer.Argument(metavar="B", help="The other one.")],
    *,
    json: JsonFlag = False,
) -> None:
    """Say what two claims, or the claims of two papers, are to each other, and why."""
    from biorxivist.claims.compare import compare_named

    known = _known()
    rows = [found.row(known) for found in compare_named(a, b, known)]
    if json:
        print_rows(rows, "json")
    for row in () if json else rows:
        fields = f" ({', '.join(row['fields'])})" if row["fields"] else ""
        print_text(f"{row['relation'].replace('_', ' ')}{fields}")
        print_text(f"  {row['who']}: {row['statement']}  [{row['claim']}]")
        print_text(f"  {row['other_who']}: {row['other_statement']}  [{row['other']}]")
        print_text("\n".join(f"    - {_plain(reason)}" for reason in row["reasons"]) + "\n")
    if not rows:
        note("No claim of the one can be compared with a claim of the other.")
        raise typer.Exit(FAILED)


def evidence(
    claim: Annotated[str | None, typer.Argument(metavar="CLAIM", help="Claim id; without it, all claims.")] = None,
    *,
    verdict: Annotated[str | None, typer.Option(help="Only this verdict, for example rising_at_scale.")] = None,
    json: JsonFlag = False,
    csv: CsvFlag = False,
) -> None:
    """List the verdicts on claims: effect with interval, scale, and the gates that failed."""
    shape = form(as_json=json, as_csv=csv)
    known = _known()
    claims = [known.claim(claim)] if claim else known.by_interest()
    rows = [row for one in claims for row in _evidence_rows(one, known) if verdict in (None, row["verdict"])]
    if not print_rows(rows, shape):
        note("No evidence" + (f" with verdict {verdict}." if verdict else "."))
        raise typer.Exit(FAILED)


def _evidence_rows(claim: Claim, known: Knowledge) -> Iterator[dict[str, Any]]:
    from biorxivist.claims.index import why

    for found in known.verdicts(claim.id):
        yield {
            "claim": claim.id,
            "who": known.who(claim),
            "statement": claim.statement,
            "verdict": found.verdict,
            "basis": found.basis,
            "effect": found.effect,
            "ci_low": found.ci_low,
            "ci_high": found.ci_high,
            "scale_ratio": found.scale_ratio,
            "failed_gates": list(found.failed_gates),
            "reason": why(found),
            "rule": found.rule,
            "evidence": found.id,
        }


def explain(
    name: Annotated[str, typer.Argument(metavar="CLAIM | EVIDENCE", help="Id of a claim or of evidence.")],
    *,
    json: JsonFlag = False,
) -> None:
    """Show every input, number, gate and step of the verdicts on a claim."""
    from graph.evidence import explain as explain_evidence

    known = _known()
    found = known.evidence_of(name)
    if json:
        print_rows((one.model_dump(mode="json") for one in found), "json")
        return
    claim = known.claims[found[0].claim_id] if found else known.claim(name)
    print_text(_headline(claim, known))
    for one in found:
        print_text("\n" + explain_evidence(one))
    if not found:
        note("No verdict has been computed for this claim.")
        raise typer.Exit(FAILED)


def _headline(claim: Claim, known: Knowledge) -> str:
    where = ", ".join(part for part in (claim.location, claim.source_url) if part)
    return f"{claim.statement}\n  {known.who(claim)} ({where})  [{claim.id}]"


def check(
    what: Annotated[str, typer.Argument(metavar="STATEMENT | DOI | FILE.bib", help="What you are about to cite.")],
    *,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many claims.")] = 10,
    json: JsonFlag = False,
) -> None:
    """Before you cite it: what the field and our runs say about a statement, a paper or a bibliography."""
    from biorxivist.api import check_with
    from biorxivist.cli.opening import opened
    from biorxivist.workspace.home import open_home

    known = _known()
    with opened(open_home()) as store:
        checked = check_with(what, known, store, limit=limit)
    bibliography = len(checked) != 1 or what.strip().lower().endswith(".bib")
    for one in checked:
        if json:
            print_rows(_checked_rows(one, bibliography=bibliography), "json")
        else:
            _print_checked(one, bibliography=bibliography)
    if not any(one.found for one in checked):
        note("No claim in the graph matches.")
        raise typer.Exit(FAILED)


def _checked_rows(checked: Checked, *, bibliography: bool) -> Iterator[dict[str, Any]]:
    if bibliography:
        verdicts = [verdict.verdict for found in checked.findings for verdict in found.verdicts]
        yield {
            "entry": checked.asked,
            "paper": checked.paper.id if checked.paper else None,
            "found": checked.found,
            "claims": [found.claim.id for found in checked.findings],
            "verdicts": {verdict: verdicts.count(verdict) for verdict in sorted(set(verdicts))},
            "notes": list(checked.notes),
        }
        return
    for found in checked.findings:
        yield found.row()


def _print_checked(checked: Checked, *, bibliography: bool) -> None:
    if bibliography:
        count = len(checked.findings)
        told = f"{count} claim{'' if count == 1 else 's'}" if checked.found else "; ".join(checked.notes)
        print_text(f"{checked.asked}: {checked.understood}: {told}")
    else:
        note(f"read as: {checked.understood}")
    for found in checked.findings:
        _print_finding(found)
    if not bibliography:
        for told in checked.notes:
            note(told)


def _print_finding(found: Finding) -> None:
    claim = found.claim
    stand = "" if found.stand is None else f"{found.stand.replace('_', ' ').upper()}  "
    print_text(f"\n{stand}{found.who}: {claim.statement}")
    if claim.quote:
        print_text(f'  quote: "{claim.quote}"')
    where = ", ".join(part for part in (claim.location, claim.source_url) if part)
    print_text(f"  source: {where}  [{claim.id}]")
    if found.stand is not None:
        print_text(f"  why: {_plain('; '.join(found.reasons))}")
    for verdict in found.verdicts:
        print_text(f"  {_verdict_line(verdict)}")
    for kind, told in _others(found):
        print_text(f"  {kind}: {told}")


def _verdict_line(verdict: Evidence) -> str:
    from biorxivist.claims.index import verdict_text, why

    whose = "re-analysis" if verdict.basis == "reanalysis" else "our runs"
    return f"{whose}: {verdict_text(verdict)}: {_plain(why(verdict))}  [{verdict.id}]"


def _plain(text: str) -> str:
    from biorxivist.claims.statement import named
    from graph.vocabulary import load_vocabulary

    return named(text, load_vocabulary())


def _others(found: Finding, most: int = 3) -> Iterator[tuple[str, str]]:
    groups: dict[str, list[str]] = {}
    for relation, _, who in found.relations:
        fields = f" ({', '.join(relation.fields)})" if relation.relation == "differs_in_scope" else ""
        groups.setdefault(relation.relation, []).append(f"{who}{fields}")
    for kind, told in OTHERS.items():
        people = list(dict.fromkeys(groups.get(kind, ())))
        if people:
            more = f" and {len(people) - most} more" if len(people) > most else ""
            yield told, "; ".join(people[:most]) + more


def ask(
    question: Annotated[str, typer.Argument(help="A question in plain English.")],
    *,
    model: ModelOption = None,
    json: JsonFlag = False,
) -> None:
    """Answer a question from the graph: each sentence names its source, and what is not supported is refused."""
    from biorxivist.api import ask as ask_graph
    from biorxivist.cli.opening import ready
    from biorxivist.settings import load_settings
    from biorxivist.workspace.home import open_home

    if model is None and (named := load_settings().llm_model):
        note(f"BIORXIVIST_LLM_MODEL={named} is set; this version answers without a language model.")
    if model is None:
        ready(open_home())
    answer = ask_graph(question, model=model)
    if json:
        print_rows([answer.model_dump(mode="json")], "json")
    else:
        _print_answer(answer)
    if answer.status == "refused":
        raise typer.Exit(FAILED)


def _print_answer(answer: Answer) -> None:
    for number, sentence in enumerate(answer.sentences, 1):
        print_text(f"{number}. {sentence.text}\n   {_source(sentence.citation, sentence.sources)}")
    note(f"{answer.status}, support: {answer.support}." + (f" {answer.reason}" if answer.reason else ""))


def _source(citation: str, sources: Iterable[str]) -> str:
    return f"({citation}) [{', '.join(sources)}]" if citation else f"[{', '.join(sources)}]"
