"""Split a Cypher text into signs, names and values, and refuse at once what no parser should see.

The scanner is the only reader of the raw text. It decodes strings and names, drops white space and comments, joins
the signs of an arrow, and bounds length, number of tokens and nesting, because no time limit holds while a text is
parsed. Which words are keywords is decided later, by the parser.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from graph.errors import UnsafeCypher

MAX_CHARACTERS = 20_000
MAX_TOKENS = 4_000
MAX_BRACKETS = 20
MAX_INTEGER = 2**63 - 1

_TOKEN = re.compile(
    r"""
      (?P<space>    [ \t\r\n]+ )
    | (?P<comment>  //[^\r\n]* | /\*.*?\*/ )
    | (?P<string>   '(?:[^'\\]|\\.)*' | "(?:[^"\\]|\\.)*" )
    | (?P<quoted>   `[^`]+`(?!`) )
    | (?P<float>    (?:\d+\.\d+|\.\d+)(?:[eE][+-]?\d+)? | \d+[eE][+-]?\d+ )
    | (?P<integer>  \d+ )
    | (?P<parameter>\$[^\W\d]\w* )
    | (?P<word>     [^\W\d]\w* )
    | (?P<sign>     <= | >= | <> | != | =~ | \.\. | \|\| | [()\[\]{},.:|*+\-/%^=<>;] )
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPES = {"\\": "\\", "'": "'", '"': '"', "`": "`", "n": "\n", "t": "\t", "r": "\r"}
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|(.))", re.DOTALL)
NAMES = ("word", "name")
"""Kinds of tokens that can be a name: bare, and in back-ticks."""
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_UNFINISHED = {
    "'": ("the string is not closed", "End it with ' (a quote inside is written \\')."),
    '"': ("the string is not closed", 'End it with " (a quote inside is written \\").'),
    "`": ("the quoted name is not closed, empty, or holds a back-tick", "Use a plain name."),
    "/": ("the comment is not closed", "End it with */."),
    "$": ("a parameter is written $name", "Start the name with a letter."),
    "\\": ("an escape outside of a string", "Write the character itself."),
    "!": ("the sign ! is not in the language", "Use NOT, or <> for unequal."),
    "&": ("the sign & is not in the language", "One node has one label here; (n:A|B) asks for either."),
    "?": ("the sign ? is not in the language", "Use a $parameter for a value."),
}


class Raw(NamedTuple):
    """A token before the parser has named its terminal."""

    kind: str
    """``word``, ``name`` (was quoted), ``string``, ``integer``, ``float``, ``parameter`` or the sign itself."""
    value: str
    """Decoded: the content of a string, the digits of a number, the name without quotes."""
    start: int
    """Offset of the first character in the text."""


def scan(text: str) -> tuple[list[Raw], dict[int, int]]:
    """Split ``text`` into tokens, and pair its brackets.

    Returns
    -------
    The tokens, and index of each opening bracket -> index of its closing bracket.

    Raises
    ------
    UnsafeCypher
        If the text is too long, too deep, contains characters that hide what it says, or is not made of tokens.
    """
    if len(text) > MAX_CHARACTERS:
        reason = f"the query has {len(text)} characters, {MAX_CHARACTERS} are allowed"
        raise UnsafeCypher(reason, MAX_CHARACTERS, "Pass long values as $parameters.")
    text = _without_wrapping(text)
    tokens: list[Raw] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _unreadable(text, at)
        kind = str(match.lastgroup)
        if kind == "comment":
            _refuse_hidden(match[0], at)
        elif kind != "space":
            tokens.append(_token(kind, match[0], at))
            _refuse_glued(kind, text, match.end())
        if len(tokens) > MAX_TOKENS:
            msg = f"the query has more than {MAX_TOKENS} tokens"
            raise UnsafeCypher(msg, at, "Pass long lists as $parameters.")
        at = match.end()
    tokens = _join_arrows(tokens, _brackets(tokens))
    return tokens, _brackets(tokens)  # again: joined arrows have shifted the indices


_WRAPPING = re.compile(r"\A\s*```[A-Za-z]*|```\s*\Z|<\|[a-z_]+\|>\s*\Z|</s>\s*\Z|\A\s*[Cc]ypher:")


def _without_wrapping(text: str) -> str:
    """The text of a model without its code fence and the token that ends it; blanks keep the offsets as they are."""
    before = ""
    while text != before:
        before = text
        text = _WRAPPING.sub(lambda match: " " * len(match[0]), text)
    return text


def _token(kind: str, text: str, at: int) -> Raw:
    match kind:
        case "string":
            return Raw("string", _decode(text[1:-1], at + 1), at)
        case "quoted":
            return Raw("name", _name(text[1:-1], at), at)
        case "word":
            return Raw("word", _name(text, at), at)
        case "parameter":
            return Raw("parameter", _name(text[1:], at), at)
        case "integer":
            return Raw("integer", _integer(text, at), at)
        case "float":
            return Raw("float", _float(text, at), at)
        case _:
            sign = "<>" if text == "!=" else text
            return Raw(sign, sign, at)


def _name(name: str, at: int) -> str:
    _refuse_hidden(name, at)
    # An engine that normalises names would take two names of this query for the same one.
    if unicodedata.normalize("NFKC", name) != name:
        msg = f"the name {name!r} looks like another one"
        raise UnsafeCypher(msg, at, "Use plain letters (Unicode NFKC).")
    if "\\" in name or "\n" in name or "\r" in name or "\t" in name or not name.strip():
        msg = f"the name {name!r} holds an escape or a line break"
        raise UnsafeCypher(msg, at, "Use a plain name.")
    return name


def _decode(body: str, at: int) -> str:
    """Value of a string literal, its escapes resolved; the printer escapes it again in its own way."""

    def character(match: re.Match[str]) -> str:
        if match[1]:
            return chr(int(match[1], 16))
        if match[2] not in _ESCAPES:
            msg = f"the escape \\{match[2]} is not known"
            raise UnsafeCypher(
                msg,
                at + match.start(),
                r"Use \\ \' \" \n \t \r \uXXXX, or a $parameter.",
            )
        return _ESCAPES[match[2]]

    value = _ESCAPE.sub(character, body)
    for character_ in value:
        if unicodedata.category(character_) in ("Cc", "Cs") and character_ not in "\t\n\r":
            msg = f"the string holds the character U+{ord(character_):04X}"
            raise UnsafeCypher(msg, at, "Pass it as a $parameter.")
    if re.search(r"\\[uU]", value):
        # Some releases of Neo4j replace \uXXXX in the whole text before they recognise strings, also behind an escaped
        # backslash: a quote written so would end the string.
        msg = "the string holds a backslash before a u"
        raise UnsafeCypher(msg, at, "Pass it as a $parameter.")
    return value


def _integer(text: str, at: int) -> str:
    if len(text) > 1 and text[0] == "0":
        msg = f"the number {text} starts with 0"
        raise UnsafeCypher(msg, at, "Write it without.")
    if int(text) > MAX_INTEGER:
        msg = f"the number {text} is larger than {MAX_INTEGER}"
        raise UnsafeCypher(msg, at, "Integers have 64 bits.")
    return text


def _float(text: str, at: int) -> str:
    value = float(text)
    if value == float("inf"):
        msg = f"the number {text} is too large"
        raise UnsafeCypher(msg, at, "Floats have 64 bits.")
    return repr(value).replace("e+", "e")  # the shortest text that reads as this number


def _refuse_glued(kind: str, text: str, end: int) -> None:
    """Refuse a number with a letter directly behind it: ``0x1F`` is two tokens here and one number elsewhere."""
    if kind in ("integer", "float") and end < len(text) and (text[end].isalnum() or text[end] in "_$`"):
        msg = f"{text[end]!r} follows a number directly"
        raise UnsafeCypher(msg, end, "Put a space between; hexadecimal is not known.")


def _refuse_hidden(text: str, at: int) -> None:
    """Refuse characters by which a text looks different from what it does: controls, direction marks, joiners."""
    for offset, character in enumerate(text):
        if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") and character not in "\t\n\r":
            msg = f"the invisible character U+{ord(character):04X}"
            raise UnsafeCypher(msg, at + offset, "Remove it.")


def _unreadable(text: str, at: int) -> UnsafeCypher:
    character = text[at]
    reason, hint = _UNFINISHED.get(
        character,
        (
            f"the character {character!r} (U+{ord(character):04X}) is not in the language",
            "Only strings may hold it; white space is space, tab and line break.",
        ),
    )
    return UnsafeCypher(reason, at, hint)


def _brackets(tokens: list[Raw]) -> dict[int, int]:
    """Pair the brackets: index of each opening one -> index of its closing one. An arrow may hold a square bracket."""
    pairs: dict[int, int] = {}
    stack: list[int] = []
    for index, token in enumerate(tokens):
        opening = token.kind[-1] if token.kind in ("-[", "<-[") else token.kind
        if opening in _CLOSING:
            stack.append(index)
            if len(stack) > MAX_BRACKETS:
                reason = f"brackets are nested more than {MAX_BRACKETS} deep"
                raise UnsafeCypher(reason, token.start, "Split the query with WITH.")
        elif token.kind[0] in ")]}":
            kind = tokens[stack[-1]].kind[-1] if stack else ""
            if _CLOSING.get(kind) != token.kind[0]:
                msg = f"{token.kind[0]!r} closes nothing"
                raise UnsafeCypher(msg, token.start, "Check the brackets.")
            pairs[stack.pop()] = index
    if stack:
        opened = tokens[stack[-1]]
        msg = f"{opened.kind[-1]!r} is not closed"
        raise UnsafeCypher(msg, opened.start, "Check the brackets.")
    return pairs


# The grammar cannot tell an arrow from a difference: both are signs between operands. An arrow stands between two
# nodes, so it follows ")" and precedes "(": `(a) - -(b)` has one, `1 - -2` has none.
_BARE_ARROWS = (("<", "-", "-", ">"), ("<", "-", "-"), ("-", "-", ">"), ("-", "-"))
_OPENINGS = (("<", "-", "["), ("-", "["))
_CLOSINGS = (("]", "-", ">"), ("]", "-"))


def _join_arrows(tokens: list[Raw], pairs: dict[int, int]) -> list[Raw]:
    """Join the signs of each arrow to one token; ``pairs`` are the brackets of ``tokens``.

    An arrow stands between two nodes: ``(a.x) - -(b.x)`` subtracts. One with brackets, ``-[...]->``, is joined only if
    both of its halves are there.
    """
    kinds = [token.kind for token in tokens]
    nodes = {at for start, end in pairs.items() if _is_node(tokens, start) for at in (start, end)}
    joined: list[Raw] = []
    arrow_ends: set[int] = set()
    index = 0
    while index < len(tokens):
        signs: tuple[str, ...] = ()
        if index in arrow_ends:
            signs = _match_signs(_CLOSINGS, kinds, index)
        elif index - 1 in nodes and kinds[index - 1] == ")":
            if signs := _match_signs(_BARE_ARROWS, kinds, index):
                between = index + len(signs) in nodes
            elif signs := _match_signs(_OPENINGS, kinds, index):
                end = pairs[index + len(signs) - 1]
                closing = _match_signs(_CLOSINGS, kinds, end)
                between = bool(closing) and end + len(closing) in nodes
                if between:
                    arrow_ends.add(end)
            signs = signs if signs and between else ()
        kind = "".join(signs)
        joined.append(Raw(kind, kind, tokens[index].start) if signs else tokens[index])
        index += len(signs) or 1
    return joined


def _is_node(tokens: list[Raw], start: int) -> bool:
    """Whether the bracket at ``start`` can be a node of a pattern: name, labels, map and condition may stand in it."""
    if tokens[start].kind != "(":
        return False
    at = start + 2 if tokens[start + 1].kind in NAMES else start + 1
    return tokens[at].kind in (")", ":", "{") or tokens[at].value.upper() == "WHERE"


def _match_signs(candidates: tuple[tuple[str, ...], ...], kinds: list[str], index: int) -> tuple[str, ...]:
    """The first of ``candidates`` that the tokens at ``index`` are."""
    for signs in candidates:
        if kinds[index : index + len(signs)] == [*signs]:
            return signs
    return ()
