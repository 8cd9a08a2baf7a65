"""``biorxivist ask``: answer a question from the graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from biorxivist.cli.lazy import examples, new_app
from biorxivist.cli.options import JsonFlag
from biorxivist.cli.output import note, print_wrapped
from biorxivist.cli.rows import print_rows
from biorxivist.errors import FAILED

if TYPE_CHECKING:
    from biorxivist.answers import Answer

__all__ = ["app"]

app = new_app()


@app.command(
    epilog=examples(
        'biorxivist ask "Does more pre-training data help scConcept?"',
        'biorxivist ask "How many cells was scGPT pre-trained on?" --json',
    )
)
def ask(
    question: Annotated[str, typer.Argument(help="A question in plain English.")],
    *,
    model: Annotated[str | None, typer.Option("--model", help="A language model (not in this version).")] = None,
    json: JsonFlag = False,
) -> None:
    """Answer a question from the graph, with a source per sentence.

    A question that nothing in the graph supports an answer to is refused, with the reason; then the exit code is 1.
    """
    from biorxivist.api import ask as ask_graph
    from biorxivist.cli.opening import opened
    from biorxivist.settings import load_settings
    from biorxivist.workspace.home import open_home

    if model is None and (configured := load_settings().llm_model):
        note(f"BIORXIVIST_LLM_MODEL={configured} is set; this version answers without a language model.")
    with opened(open_home()) as store:
        answer = ask_graph(question, graph=store, model=model)
    if json:
        print_rows([answer.model_dump(mode="json")], "json")
    else:
        _print_answer(answer)
    if answer.status == "refused":
        raise typer.Exit(FAILED)


def _print_answer(answer: Answer) -> None:
    from biorxivist.answers.render import as_lines, closing

    for line in as_lines(answer):
        print_wrapped(line.text, indent=line.indent, hang=line.hang)
    note(closing(answer))
