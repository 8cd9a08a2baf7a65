"""A draft in one plain sentence of our own: two claims of one sentence must be told apart without their fields."""

from __future__ import annotations

from biorxivist.claims.extract.draft import Draft

__all__ = ["state"]

COMPARED = {
    (">", "asserted"): "{do} better than", (">", "negated"): "{do} not do better than",
    ("<", "asserted"): "{do} worse than", ("<", "negated"): "{do} at least as well as",
    ("~", "asserted"): "{do} as well as", ("~", "negated"): "{do} not do as well as",
}  # fmt: skip
CHANGED = {
    ("+", "asserted"): "{do} better", ("+", "negated"): "{do} not do better", ("-", "asserted"): "{do} worse",
    ("-", "negated"): "{do} not do worse", ("0", "asserted"): "{do} the same", ("0", "negated"): "{do} not do the same",
}  # fmt: skip


def state(draft: Draft) -> str:
    """Say what a draft claims, with its scope; hedged and cited claims say so."""
    sentence = f"{_prefix(draft)}{_core(draft)}{_scope(draft)}."
    first = sentence.split(" ", 1)[0]
    is_name = any(letter.isupper() for letter in first[1:])  # scGPT keeps its small letter
    return sentence if is_name else sentence[:1].upper() + sentence[1:]


def _prefix(draft: Draft) -> str:
    whose = f"As {draft.attributed_to or 'others'} found, " if draft.attribution == "cited" else ""
    hedge = {"none": "", "weak": "it seems that ", "strong": "it may be that "}[draft.hedging]
    return f"{whose}{hedge}"


def _core(draft: Draft) -> str:
    subject = draft.subject or "the model"
    do = "do" if subject.endswith("s") and (draft.subject_id is None or " " in subject) else "does"
    if draft.kind == "comparison":
        how = COMPARED[str(draft.direction), draft.polarity].format(do=do)
        return f"{subject} {how} {draft.comparator}{_except(draft)}"
    if draft.kind == "score":
        without = f" without {draft.ablation.removeprefix('no ')}" if draft.ablation else ""
        return f"{subject}{without} reaches {_number(draft.value, draft)} {draft.metric or ''}".rstrip()
    if draft.kind == "scale_fact":
        of = f"the {draft.part} of " if draft.part else ""
        return f"the text gives {_size(draft)} {draft.unit} for {of}{subject}"
    if draft.kind == "saturation":
        share = f" at {draft.fraction:.3g} of the corpus" if draft.fraction is not None else ""
        return f"{subject} {'stops gaining' if draft.direction == 'plateau' else 'goes on gaining'}{share}"
    change = CHANGED.get((str(draft.direction), draft.polarity), "{do} differently").format(do=do)
    how = "without" if draft.ablation else "with more" if draft.kind == "scaling" else "with"
    return f"{subject} {change} {how} {draft.factor}"


def _except(draft: Draft) -> str:
    return f", except {', '.join(draft.exceptions)}," if draft.exceptions else ""


def _number(value: float | None, draft: Draft) -> str:
    return f"{value:.4g}" if value is not None else f"{draft.low:.4g} to {draft.high:.4g}"


def _size(draft: Draft) -> str:
    if draft.bound == "at_most":
        return f"up to {draft.high:,.0f}"
    word = {"at_least": "more than ", "about": "about "}.get(draft.bound or "", "")
    return f"{word}{draft.value:,.0f}"


def _scope(draft: Draft) -> str:
    parts = [
        f"on {draft.dataset}" if draft.dataset else "",
        f"in {draft.task}" if draft.task else "",
        f"by {draft.metric}" if draft.metric and draft.kind != "score" else "",
        (draft.regime or "").replace("_", "-"),
    ]
    return "".join(f", {part}" for part in parts if part)
