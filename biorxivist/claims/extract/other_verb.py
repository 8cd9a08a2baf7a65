"""Where a comparison ends and another verb of the same subject begins, to which the rest of a clause belongs."""

from __future__ import annotations

import re

__all__ = ["OTHER_VERB"]

# Where another verb of the same subject begins: "beats B and transfers to C", "beats B, achieving"
OTHER_VERB = re.compile(
    r"\b(?:and|but|while) (?:further |also |then |\w+ly )?"
    r"(?:transfer|achiev|reach|attain|produc|provid|improv|generali[sz]|maintain|show|retain|yield|captur|enabl|reduc|"
    r"preserv|reveal|support|demonstrat|enhanc|facilitat|deliver|offer|excel|recover|remain|stay|discover|identif|uncover|"
    r"detect|predict|learn|scal|requir|avoid|mitigat|resolv|infer|reconstruct|operat|establish)\w*|"
    # "..., and 71.4% top-1 accuracy for"
    r", and (?:an? |the )?(?:mean |average )?\d[\d.]*(?: ?\\?%)? (?!points?\b|cells\b)"
    r"(?=[\w-]+ ?[\w-]* (?:for|on|in)\b)|"
    # "Whereas A outperforms B in C, it does worse in D", "but falls behind in D"
    r", (?:it|they) \w+|"
    # "Although A beats B in C, the gain vanishes in D", "on C, a task related to D"
    r", (?:the|this|these|that|its|their) (?:[\w-]+ ){1,3}?(?:is|are|was|were|do|does|did|has|have|can|hold|"
    r"remain|become|vanish|disappear|shrink|shrank|narrow|diminish|revers)(?:s|es|ed)?\b|"
    r", an? (?:[\w-]+ )?\w+ (?:related|similar|akin|close|comparable)\b|"
    # "on C without hurting D", "on C at the price of worse D", "and can also be used for D"
    r"\b(?:"
    r"without(?! (?:[\w-]+ ){0,3}?(?:(?:fine-?)?tun|(?:re-?|pre-?)?train|adapt|label|superv))|"
    r"despite|rather than|instead of|at (?:the|a) (?:cost|price|expense)|at no cost)\b|"
    r"\b(?:and|but) (?:can|could|may|might|will|would|should)\b|"
    # "A beats B and is effective for C"
    r"\band (?:is|are|was|were) (?:\w+ly |also )?"
    r"(?:effective|useful|suitable|applicable|able|capable|robust|efficient)\b|"
    # "A beats B in C resulting in better D"
    r"\b(?:resulting in|leading to|thereby|hence)\b|"
    r"\b(?:particularly|especially|notably|in particular) (?:for|in|on)\b|"
    r"\bwith (?:corresponding|concomitant|accompanying|additional|further) |"
    # a heading that runs into its text: "A Beats B To evaluate the robustness of A, we"
    r"\bto (?:further )?(?:evaluate|assess|test|validate|examine|investigate|verify|measure|quantify|demonstrate)\b|"
    r"\b(?:but|yet) (?:\w+ly )?(?:lag|fail|fall|fell|struggl|perform|underperform|degrad|drop|los[et]|"
    r"do(?:es)?\b|did\b|is\b|are\b|was\b|were\b|has\b|had\b|need|trail|suffer|sacrific)\w*|"
    r",? as well as (?:\w+ly )?(?:competitive|comparable|strong|robust|superior|improved)\b|"
    r", (?:\w+ly )?(?:maintains|supports|preserves|captures|reduces|improves|enables|reveals|provides|generali[sz]es|"
    r"achieving|while|with|delivering|providing|offering|enabling|yielding|improving|reducing|exposing|demonstrating|"
    r"highlighting|showing|suggesting|indicating|revealing|reaching|generating|excelling|producing|establishing|"
    r"exhibiting|making|allowing|leading|resulting|raising|underscoring|confirming|supporting|capturing|preserving|"
    r"maintaining|attaining|obtaining|distinguishing|advancing|requiring|setting|addressing|overcoming|accelerating|"
    r"identifying|recovering|generali[sz]ing|enhancing|boosting|facilitating|ensuring|uncovering|unlocking|bridging|"
    r"mitigating|eliminating|surpassing|narrowing|strengthening|illustrating|"
    r"emphasi[sz]ing|underlining|positioning|paving|opening|reaffirming|validating|proving|doing)\b",
    re.IGNORECASE,
)
