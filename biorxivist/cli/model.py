"""What the command line says about calls to a language model, before and after them."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from typer import BadParameter
from typer.core import TyperCommand

from biorxivist.errors import InvalidInput

if TYPE_CHECKING:
    from biorxivist.claims.extract.llm.plan import Plan
    from biorxivist.claims.extract.llm.run import Proposed
    from biorxivist.llm.budget import Budget
    from biorxivist.llm.openai_server import OpenAIServer
    from biorxivist.llm.prices import Price
    from biorxivist.workspace.home import Home

__all__ = ["TakesModel", "capped", "chosen_model", "price_of", "words_of_plan", "words_of_proposed"]

DOI = re.compile(r"(?:https?://doi\.org/|doi:)?10\.\d{4}", re.IGNORECASE)
LISTED = 10
"""Open sections that are named; the others are counted."""


class TakesModel(TyperCommand):
    """A command whose option ``--llm`` may stand without a value: the model of the settings is meant."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Give a bare ``--llm`` the empty value."""
        filled = list(args)
        for place, argument in reversed(list(enumerate(args))):
            if argument == "--llm" and (place + 1 == len(args) or args[place + 1].startswith("-")):
                filled[place] = "--llm="
        return super().parse_args(ctx, filled)


def chosen_model(name: str, *, sends: bool) -> OpenAIServer:
    """The model of this name, or that of the settings if it is empty.

    Raises
    ------
    ModelNotConfigured
        If neither names one, or it lacks a key and calls will be made (``sends``).
    typer.BadParameter
        If the name is a DOI.
    """
    if DOI.match(name):
        msg = f"{name!r} is a DOI, and would be the name of the model: give papers before --llm."
        raise BadParameter(msg)
    from biorxivist.llm.open import open_model
    from biorxivist.settings import load_settings

    settings = load_settings()
    return open_model(
        name or settings.llm_model,
        base_url=settings.llm_base_url,
        key=settings.llm_api_key,
        openai_key=settings.openai_api_key,
        sends=sends,
    )


def price_of(home: Home, model: str) -> Price | None:
    """Price of a model by the file in the home."""
    from biorxivist.llm.prices import FILE, read_price

    return read_price(home.folder / FILE, model)


def capped(home: Home, model: str, *, calls: int | None, tokens: int | None, usd: float | None) -> Budget:
    """The budget that these caps leave.

    Raises
    ------
    InvalidInput
        If money is capped and the model has no price.
    """
    from biorxivist.llm.budget import Budget
    from biorxivist.llm.prices import FILE

    price = price_of(home, model)
    if usd is not None and price is None:
        msg = f"--max-usd needs the price of {model}: enter it in {home.folder / FILE}, or use --max-tokens."
        raise InvalidInput(msg)
    return Budget(calls=calls, tokens=tokens, usd=usd, price=price)


def words_of_plan(plan: Plan) -> str:
    """What a run would send, in a few lines."""
    if plan.usd_at_most is None or plan.usd_in is None:
        cost = "unknown: no price of this model in llm_prices.toml"
    else:
        cost = f"{plan.usd_in:.4f} US dollars for what is sent, at most {plan.usd_at_most:.4f} with the answers"
    return "\n".join((
        f"{plan.model} at {plan.provider}",
        f"calls: {plan.calls}, one for each section without an answer ({plan.sections} sections name a model)",
        f"tokens: about {plan.tokens_in} sent, at most {plan.tokens_out_at_most} back",
        f"cost: {cost}",
        "Nothing was sent.",
    ))  # fmt: skip


def words_of_proposed(done: Proposed) -> str:
    """What a model proposed and what became of it, in a few lines."""
    used = done.used
    cost = "" if used.usd is None else f", {used.usd:.4f} US dollars"
    lines = [
        f"{done.model}: {done.sections - len(done.open)} of {done.sections} sections in {done.papers} papers answered, "
        f"{done.asked} in this run ({used.calls} calls, {used.tokens_in} + {used.tokens_out} tokens{cost}).",
        f"{len(done.claims)} claims verified: {done.new} new, {done.confirmed} also read otherwise; "
        f"{done.rejected.total()} proposals rejected{_counted(done.rejected)}.",
    ]
    if done.removed:
        lines.append(f"{done.removed} claims of earlier answers removed.")
    if done.open:
        lines.append(f"{len(done.open)} sections are open{_counted(Counter(str(each.why) for each in done.open))}:")
        lines += [f"  {each.part.version_id}, {each.part.name}: {each.why}" for each in done.open[:LISTED]]
        if len(done.open) > LISTED:
            lines.append(f"  and {len(done.open) - LISTED} more; --json lists all.")
        lines.append("The next run asks about them again.")
    if done.stopped:
        lines.append(f"Stopped: {done.stopped}")
    return "\n".join(lines)


def _counted(counts: Counter[str]) -> str:
    listed = ", ".join(f"{number} {name}" for name, number in counts.most_common())
    return f" ({listed})" if listed else ""
