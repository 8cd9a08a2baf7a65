"""Whose finding a clause reports, by its own words: that of its authors, or that of others."""

from __future__ import annotations

import re

from biorxivist.claims.extract.lexicon import alternatives

__all__ = ["cited_in", "gives_away", "is_own"]

# "Cui et al. [3] report", "Cui and colleagues show", "Cui [3] found"
CITATION = r"[\[(]\d(?!\d*\.\d)[^\])]*[\])]"
WHO = (
    r"(?P<who>(?-i:[A-Z][\w'’-]+)(?: et al\.?| and (?:colleagues|co-?workers)"
    rf"|(?: (?:and|&) (?-i:[A-Z][\w'’-]+))? ?{CITATION})(?: ?[\[(][^\])]*[\])])?)"
)
AS_SHOWN = (
    r"(?:as|in line with what was|consistent with what was) (?:previously |already |recently )?"
    r"(?:shown|reported|demonstrated|noted|observed)(?: (?:previously|before|elsewhere|earlier|by others)|"
    r" in (?:previous|prior|earlier|recent|other) [\w-]+(?: [\w-]+)?)"
)
# ", as shown previously": what the clause before says is that of others
BELONGS_TO_OTHERS = re.compile(rf"\s*(?:and )?{AS_SHOWN}\s*\.?\s*", re.IGNORECASE)
CITED = alternatives(
    rf"{WHO}[^.;]{{0,25}}?\b(?:claim|report|show|found|find|argue|suggest|demonstrate|observe|conclude|propose)"
    r"(?:s|ed|d)?\b(?!-)",
    # "Previous studies have shown that scGPT is better."
    r"\b(?:previous(?:ly)?|prior|earlier|recent|past|other|several|existing) (?:[\w-]+ ){0,2}?"
    r"(?:work|works|studies|study|papers?|benchmarks?|reports?|research|evaluations?|literature|publications?|"
    r"analys[ei]s) (?:[\w-]+,? ){0,6}?"
    r"(?:show|shown|report|found|find|suggest|demonstrat|claim|indicat|highlight|reveal|conclud|argu|document)\w*",
    # "scGPT has been reported to be better"; but "we have shown"
    # nor "an accuracy of 0.9 has been achieved"
    r"(?<!\bwe )\b(?:has|have) (?:recently |previously |already |also )*"
    r"(?:been (?:recently |previously |already |also )*(?:shown|reported|claimed|demonstrated|suggested|argued)|"
    r"shown|reported|claimed|demonstrated|suggested|argued|emerged|achieved)\b",
    # "A was recently shown to outperform B"
    r"\b(?:was|were) (?:recently|previously|originally|first|already) (?:shown|reported|claimed|demonstrated|"
    r"found)(?: not)? to\b",
    # "Some groups claim that scGPT is better."
    r"\b(?:some|other|many|several|numerous) (?:groups|studies|authors|works|papers|reports) (?:have |had )?"
    r"(?:claim|report|show|argu|suggest|find|found|document|observ|not)\w*",
    r"\b(?:benchmarks?|evaluations?|tests|studies) by others\b|^\s*previously, ",
    # "Recent reports that scGPT is worse have sparked debate."
    r"\b(?:recent|previous|prior|earlier|several|other|published|past) (?:[\w-]+ ){0,2}(?:reports?|findings?|"
    r"observations?|evidence) that\b",
    # "as shown previously", "in the original publication", "the Geneformer authors observed"
    rf"\b{AS_SHOWN}",
    r"\boriginal (?:implementation|publication|paper|study|work|report|article)s? (?:of [\w-]+ )?"
    r"(?:report|show|achiev|reach|obtain|claim)\w*",
    r"\bin (?:the|their|its) original (?:publication|paper|study|work|report|article)s?\b",
    r"^\s*the (?!present\b)(?:[\w-]+ )?authors (?:\w+ly )?(?:observe|report|claim|show|found|find|note|argue|"
    r"conclude|state)",
    # "scGPT reportedly outperforms scBERT", "proponents maintain that"
    r"\b(?:reportedly|allegedly|supposedly|purportedly)\b",
    r"\b(?:proponents|advocates|critics|developers|others) (?:have |had )?"
    r"(?:maintain|claim|argu|report|suggest|contend|assert|believ|show|found)\w*",
    # "the reported performance", "claimed to be better", "according to its authors"
    # but "methods reported in the literature" are only named so
    r"(?<!methods )(?<!method )(?<!models )(?<!model )(?<!results )(?<!tools )(?<!tool )(?<!approaches )(?<!baselines )"
    r"\b(?:claimed|reported|touted) (?:to|as|by|in(?! (?:the )?(?:tables?|figs?\b|figures?|supplement\w*|sections?|"
    r"appendix|methods|results|this|our))|superiority|performance|improvements?|advantages?)\b",
    # but "according to various metrics of clustering"
    r"\baccording to\b(?! (?:[\w-]+ ){0,4}?"
    r"(?:metrics?|measures?|scores?|criteri\w+|ind(?:ex|ices)|evaluations?|tests?)\b)",
)
# "Our results show", "extensive experiments demonstrate", "here we find"
OWN = re.compile(
    r"\b(?:we|our (?:results?|experiments?|findings?|analys[ei]s|work|study|evaluations?|benchmarks?)|"
    r"extensive (?:experiments?|evaluations?|benchmarks?)|(?:comprehensive|systematic) \w+|here)\b[^.;]{0,40}?"
    r"\b(?:have |has |had )?(?:also |further |recently |previously )?"
    r"(?:show|shown|find|found|demonstrat|observ|report|reveal|indicat|establish|suggest|confirm|highlight)\w*",
    re.IGNORECASE,
)


def gives_away(text: str) -> bool:
    """Whether a clause only gives the one before it to others: "as shown previously"."""
    return BELONGS_TO_OTHERS.fullmatch(text) is not None


def is_own(text: str) -> bool:
    """Whether a clause says that its authors found it."""
    return OWN.search(text) is not None


def cited_in(text: str) -> re.Match[str] | None:
    """Find the words by which a clause gives what it says to others; ``who`` are the others, where they are named."""
    return None if is_own(text) else CITED.search(text)
