"""``biorxivist ask``: answer a question from the graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from biorxivist.cli.lazy import examples, new_app
from biorxivist.cli.options import JsonFlag
from biorxivist.cli.output import note, print_text, print_wrapped
from biorxivist.cli.rows import print_rows
from biorxivist.errors import FAILED

if TYPE_CHECKING:
    from biorxivist.answers import Answer
    from biorxivist.answers.written import Event
    from biorxivist.llm.budget import Budget
    from biorxivist.workspace.home import Home

__all__ = ["app"]

app = new_app()


@app.command(
    epilog=examples(
        'biorxivist ask "Does more pre-training data help scConcept?"',
        'biorxivist ask "How many cells was scGPT pre-trained on?" --json',
        'biorxivist ask "Who disagrees with DenAdel et al.?" --markdown',
    )
)
def ask(
    question: Annotated[str, typer.Argument(help="A question in plain English.")],
    *,
    model: Annotated[
        str | None,
        typer.Option("--model", help="A language model that writes the answer [default: $BIORXIVIST_LLM_MODEL]."),
    ] = None,
    cypher: Annotated[bool, typer.Option("--cypher", help="Let the model write a guarded query, and show it.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what a model would be sent; send nothing.")] = False,
    max_calls: Annotated[int, typer.Option(min=1, help="Most calls to the model.")] = 4,
    max_tokens: Annotated[int | None, typer.Option(min=1, help="Most tokens, sent and received.")] = None,
    max_usd: Annotated[float | None, typer.Option(min=0, help="Most US dollars to spend; needs a price.")] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="Markdown.")] = False,
    json: JsonFlag = False,
) -> None:
    """Answer a question from the graph, with a source per sentence.

    If nothing in the graph supports an answer, the question is refused with the reason and the nearest facts, and the
    exit code is 1. What a language model writes is verified; what its sources do not say is removed and listed.
    """
    from biorxivist.api import ask as ask_graph
    from biorxivist.api import plan_ask
    from biorxivist.cli.opening import opened
    from biorxivist.workspace.home import open_home

    if json and markdown:
        msg = "Give --json or --markdown, not both."
        raise typer.BadParameter(msg)
    home = open_home()
    with opened(home) as store:
        if dry_run:
            print_rows([plan_ask(question, graph=store, model=model)], "json")
            return
        budget = _budget(home, model, max_calls, max_tokens, max_usd)
        answer = ask_graph(question, graph=store, model=model, cypher=cypher, budget=budget, on_event=_tell)
    if json:
        print_rows([answer.model_dump(mode="json")], "json")
    elif markdown:
        from biorxivist.answers.render import as_markdown

        print_text(as_markdown(answer).rstrip("\n"))
    else:
        _print_answer(answer)
    if answer.status == "refused":
        raise typer.Exit(FAILED)


def _budget(home: Home, model: str | None, calls: int, tokens: int | None, usd: float | None) -> Budget | None:
    """Caps of a model's answer; none where no model is used."""
    from biorxivist.cli.model import capped
    from biorxivist.settings import load_settings

    name = load_settings().llm_model if model is None else model
    return capped(home, name, calls=calls, tokens=tokens, usd=usd) if name else None


def _tell(event: Event) -> None:
    """A step of a model's answer, on stderr; its text is shown at the end, when all of it is verified."""
    words = {
        "retrieved": "pieces of evidence", "asked": "sentences written", "removed": "sentences failed the verification",
    }  # fmt: skip
    if event.kind in words:
        note(f"{event.count} {words[event.kind]}")


def _print_answer(answer: Answer) -> None:
    from biorxivist.answers.render import as_lines, closing

    for line in as_lines(answer):
        print_wrapped(line.text, indent=line.indent, hang=line.hang)
    for query in answer.cypher if answer.model else ():
        note(f"{query.rows} rows: {query.text}")
    note(closing(answer))
