from __future__ import annotations

from biorxivist.claims.bibliography import headline, summarise
from biorxivist.claims.check import CheckResult, describe_claim
from biorxivist.claims.index import ClaimIndex
from graph.records import Claim, Evidence, Paper, Relation


def _claim(paper: str, number: int) -> Claim:
    return Claim(
        paper_id=f"key:{paper}", version_id=f"key:{paper}v1", statement=f"{paper} {number}", kind="qualitative",
        source_url="https://example.org", location=str(number),
    )  # fmt: skip


def _evidence(claim: Claim, verdict: str) -> Evidence:
    return Evidence.model_validate({"claim_id": claim.id, "basis": "experiment", "verdict": verdict, "rule": "test@1"})


GOOD, OPPOSED, REFUTED = _claim("good", 1), _claim("opposed", 1), _claim("refuted", 1)
OTHER, AGAIN, ELSEWHERE = _claim("other", 1), _claim("refuted", 2), _claim("elsewhere", 1)
FIRST, SECOND = sorted((OPPOSED.id, OTHER.id))
THIRD, FOURTH = sorted((ELSEWHERE.id, OTHER.id))
INDEX = ClaimIndex.of(
    [
        *(
            Paper(id=f"key:{name}", title=name.title())
            for name in ("good", "opposed", "refuted", "other", "silent", "elsewhere")
        ),
        *(GOOD, OPPOSED, REFUTED, OTHER, AGAIN, ELSEWHERE),
        *(_evidence(GOOD, "reproduced"), _evidence(REFUTED, "not_reproduced"), _evidence(AGAIN, "inconclusive")),
        Relation(claim_id=FIRST, other_id=SECOND, relation="contradicts", rule="test@1"),
        Relation(claim_id=THIRD, other_id=FOURTH, relation="differs_in_scope", fields=("size",), rule="test@1"),
    ]
)


def _checked(key: str) -> CheckResult:
    paper = INDEX.papers.get(f"key:{key}")
    findings = tuple(describe_claim(claim, INDEX) for claim in INDEX.claims_of(f"key:{key}"))
    return CheckResult(key, key, findings, paper, () if paper else ("not in the graph",))


def test_entries_with_the_worst_news_come_first_and_unknown_ones_last() -> None:
    entries = summarise(map(_checked, ("nothing", "silent", "good", "opposed", "refuted")))
    assert [entry.key for entry in entries] == ["refuted", "opposed", "good", "nothing", "silent"]
    assert [entry.contradicted for entry in entries] == [True, True, False, False, False]


def test_a_line_names_paper_claims_and_verdicts_in_words_the_worst_first() -> None:
    refuted, opposed, good, nothing, silent = (
        entry.line() for entry in summarise(map(_checked, ("refuted", "opposed", "good", "nothing", "silent")))
    )
    assert refuted == "Refuted; 2 claims: 1 not reproduced, 1 inconclusive"
    assert opposed == "Opposed; 1 claim: 1 contradicted by another paper"
    assert good == "Good; 1 claim: 1 reproduced"
    assert nothing == "nothing (not in the graph)"
    assert silent == "Silent; no claim of it is in the graph"


def test_the_headline_counts_entries_and_those_that_something_speaks_against() -> None:
    entries = summarise(map(_checked, ("refuted", "opposed", "good", "nothing")))
    assert headline(entries) == (
        "3 of 4 entries are in the graph; 2 have claims that a verdict or another paper speaks against."
    )
    good = headline(summarise([_checked("good")]))
    assert good == "1 of 1 entry is in the graph; nothing there speaks against a claim of it."
    assert headline(summarise([_checked("nothing")])) == "None of 1 entry is in the graph."


def test_the_headline_says_that_papers_oppose_claims_in_another_scope() -> None:
    (entry,) = entries = summarise([_checked("elsewhere")])
    assert entry.line() == "Elsewhere; 1 claim: 1 opposed by another paper in another scope"
    assert not entry.contradicted
    assert headline(entries) == (
        "1 of 1 entry is in the graph; nothing there contradicts a claim of it in the same scope, but 1 has claims "
        "that another paper opposes in another scope."
    )
    assert headline(summarise(map(_checked, ("refuted", "elsewhere")))).endswith(
        "; 1 has claims that a verdict or another paper speaks against, and 1 has claims that another paper opposes in "
        "another scope."
    )
    assert entry.row()["opposed_in_another_scope"] == 1


def test_a_row_has_ids_or_with_every_claim_the_findings() -> None:
    (entry,) = summarise([_checked("refuted")])
    assert entry.row()["claims"] == [REFUTED.id, AGAIN.id]
    assert entry.row()["verdicts"] == {"not_reproduced": 1, "inconclusive": 1}
    findings = entry.row(every_claim=True)["claims"]
    assert [row["claim"] for row in findings] == [REFUTED.id, AGAIN.id]
    assert findings[0]["verdicts"][0]["verdict"] == "not_reproduced"
