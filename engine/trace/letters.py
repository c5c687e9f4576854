"""LaTeX of names and signs as the text of an SVG: runs of letters, each with its style, its size and its height.

This sets the short mathematics inside squares and circles, which is letters, signs, superscripts and subscripts; whole
equations are for a typesetter. What it does not know it shows by its name, never as a backslash.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import groupby
from unicodedata import category, combining, normalize

TABLE = """
    alpha α beta β gamma γ delta δ epsilon ϵ zeta ζ eta η theta θ iota ι kappa κ lambda λ mu μ nu ν xi ξ pi π rho ρ
    sigma σ tau τ upsilon υ phi ϕ chi χ psi ψ omega ω
    Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω
    cdot · times × div ÷ odot ⊙ oslash ⊘ oplus ⊕ otimes ⊗ star ⋆ circ ∘ pm ± sum ∑ prod ∏ sqrt √ top ⊤ prime ′
    ell ℓ infty ∞ partial ∂ nabla ∇ le ≤ ge ≥ ne ≠ in ∈ land ∧ lor ∨ lnot ¬ bigwedge ⋀ bigvee ⋁
    lVert ‖ rVert ‖ lceil ⌈ rceil ⌉ lfloor ⌊ rfloor ⌋ ldots … cdots ⋯ vdots ⋮ ddots ⋱
"""
SIGNS = {"backslash": "\\", **dict(zip(TABLE.split()[::2], TABLE.split()[1::2], strict=True))}
"""What stands for a command."""

STYLES = {
    "mathbf": "bold", "textbf": "bold", "boldsymbol": "bold italic", "mathit": "italic", "textit": "italic",
    "mathrm": "", "textrm": "", "text": "", "operatorname": "", "mathsf": "sans",
}  # fmt: skip
ACCENTS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303", "dot": "\u0307"}
SILENT = {"left", "right", "displaystyle", "limits", "!"}
WORDS = {"bmod": "mod"}
OPENING, CLOSING = {"(", "[", "lVert", "lceil", "lfloor", "sum", "prod"}, {")", "]", "rVert", "rceil", "rfloor"}
BROAD = {"frac", "sqrt"}
"""What reaches over all that is beside it in a line, unless a sign ends it: 1/√d · x."""
SPACES = {",": "\u2009", ";": "\u2005", " ": "\u2005", "quad": "\u2003"}

SMALLER = 0.7
"""Size of a superscript or subscript beside what it stands at."""

TOKEN = re.compile(r"\\([A-Za-z]+|.)|([{}^_])|([^\\{}^_])")
FONT = "KaTeX_Main, 'Latin Modern Roman', 'STIX Two Text', Cambria, 'Times New Roman', serif"
SLANTED = f"KaTeX_Math, {FONT}"


@dataclass(frozen=True, slots=True)
class Run:
    """Letters that look alike; size and rise are in ems of the text around."""

    text: str
    style: str = ""
    size: float = 1.0
    rise: float = 0.0

    @property
    def width(self) -> float:
        """About how wide it is, in ems of the text around."""
        return self.size * sum(extent(letter) for letter in self.text)


def extent(letter: str) -> float:
    """About how wide a letter is, in ems."""
    if combining(letter):
        return 0.0
    if letter in "ilj.,:;|'·()[]\u2009\u2005":
        return 0.3
    return 0.85 if letter in "mwMW∑∏⊙⊗⊕⋯…" or category(letter) == "Lo" else 0.7 if letter.isupper() else 0.52


RAISED = str.maketrans("0123456789+-()ni−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿⁱ⁻")
LOWERED = str.maketrans("0123456789+-()aehijklmnoprstuvx−", "₀₁₂₃₄₅₆₇₈₉₊₋₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ₋")


SIGNED = re.compile("(?:(?<=^)|(?<=[(\\[,])) ?\u2212 ")
"""A minus sign that belongs to what follows."""

INDEXED = re.compile(r"(\d*)(\[.*)")
"""A subscript that ends in an index: the digits of `t_1[2:]`, if any, and the index."""


def plain_text(latex: str) -> str:
    """`latex` as a line of text, in which digits are raised and lowered where they can be: w₀x₀.

    It leaves out what a sentence says itself: the axis of a reduction, and which norm of a matrix it is.
    """
    return SIGNED.sub("\u2212", " ".join(in_line(runs(latex)).split()))


def in_line(letters: Sequence[Run], height: float = 0.0) -> str:
    """Runs as a line of text around `height`; what is higher or lower than that is a superscript or a subscript."""
    parts = list[str]()
    for side, group in groupby(letters, key=lambda run: (run.rise > height) - (run.rise < height)):
        level = list(group)
        if side == 0:
            parts.append(re.sub("([+\u2212\u2298=<>])", r" \1 ", "".join(run.text for run in level)))
            continue
        text = "".join(in_line(level, level[0].rise).split())
        subscript = INDEXED.fullmatch(text)
        if side < 0 and text.startswith("axis"):
            parts.append(" ")
        elif side < 0 and text == "F" and parts and parts[-1].endswith("\u2016"):
            continue
        elif side < 0 and subscript:
            parts.append(subscript[1].translate(LOWERED) + subscript[2])
        else:
            is_word = len(text) == 1 or (text.isalpha() and level[0].style != "italic")
            parts.append(shift(text.removeprefix("⊙") if side > 0 else text, side, is_word))
    return "".join(parts)


def shift(text: str, side: int, is_word: bool) -> str:
    """A superscript or a subscript in a line: small letters where there are such, else after a sign, `x^(1/2)`."""
    table = RAISED if side > 0 else LOWERED
    if all(ord(letter) in table for letter in text):
        return text.translate(table)
    return ("^" if side > 0 else "_") + (text if side < 0 or is_word else f"({text})")


def runs(latex: str) -> list[Run]:
    """The letters of `latex`, from left to right; neighbours that look alike are one run."""
    joined: list[Run] = []
    for run in read(list(TOKEN.finditer(latex))):
        last = joined[-1] if joined else None
        if last is not None and (last.style, last.size, last.rise) == (run.style, run.size, run.rise):
            joined[-1] = replace(last, text=last.text + run.text)
        else:
            joined.append(run)
    return joined


def read(tokens: list[re.Match[str]], style: str | None = None) -> Iterator[Run]:
    """The runs of a group; without a `style`, letters are italic and all else is upright."""
    before: re.Match[str] | None = None
    while tokens:
        token = tokens.pop(0)
        command, mark, letter = token.groups()
        applied = before is not None and is_function(before[1]) and is_factor(token, ())
        if applied and command not in BROAD:
            yield Run(" ", "")
        elif (
            before
            and not applied
            and BROAD & {before[1], command}
            and is_factor(before, CLOSING)
            and is_factor(token, OPENING)
        ):
            yield Run(" · ", "")
        if command not in SILENT and command not in SPACES and mark not in ("^", "_") and token[0] != " ":
            before = token
        if mark == "{":
            yield from read(group(tokens), style)
        elif mark in ("^", "_"):
            yield from shifted(argument(tokens), style, 0.36 if mark == "^" else -0.2)
        elif command == "sqrt" and tokens and tokens[0][0] == "[":
            degree = [tokens.pop(0) for _ in range([token[0] for token in tokens].index("]") + 1)][1:-1]
            yield from shifted(degree, style, 0.36)
            yield from root(argument(tokens), style)
        elif command in BROAD:
            parts = [argument(tokens) for _ in range(1 if command == "sqrt" else 2)]
            line = root(parts[0], style) if command == "sqrt" else fraction(parts[0], parts[1], style)
            yield from enclosed(line) if applied or (tokens and tokens[0][0] == "^") else line
        elif command in STYLES:
            yield from read(argument(tokens), STYLES[command])
        elif command in ACCENTS:
            *first, last = list(read(argument(tokens), style)) or [Run("")]
            yield from [*first, replace(last, text=normalize("NFC", last.text + ACCENTS[command]))]
        elif letter is not None:
            if not letter.isspace() or style is not None:
                yield Run(letter.replace("-", "\u2212") if style is None else letter, of(style, letter))
        elif command is not None and command not in SILENT:
            sign = SIGNS.get(command) or SPACES.get(command) or WORDS.get(command, command)
            yield Run(sign, of(style, sign) if command in SIGNS else "")


def of(style: str | None, sign: str) -> str:
    """How a sign is set where nothing else is said: letters slant, as in mathematics."""
    if style is not None:
        return style
    slants = len(sign) == 1 and sign.isalpha() and (sign.islower() or sign.isascii()) and sign != SIGNS["ell"]
    return "italic" if slants else ""


def shifted(tokens: list[re.Match[str]], style: str | None, rise: float) -> Iterator[Run]:
    """A superscript or a subscript."""
    for run in read(tokens, style):
        yield replace(run, size=run.size * SMALLER, rise=rise + run.rise * SMALLER)


def fraction(above: list[re.Match[str]], below: list[re.Match[str]], style: str | None) -> Iterator[Run]:
    """A fraction in one line."""
    is_sum, _ = measure(above)
    yield from enclosed(read(above, style)) if is_sum else read(above, style)
    yield Run("/", "")
    yield from atom(below, style)


def root(tokens: list[re.Match[str]], style: str | None) -> Iterator[Run]:
    """A root in one line."""
    yield Run(SIGNS["sqrt"], "")
    yield from atom(tokens, style)


def atom(tokens: list[re.Match[str]], style: str | None) -> Iterator[Run]:
    """A group that holds together: in parentheses if it is a sum or has several factors."""
    is_sum, factors = measure(tokens)
    yield from enclosed(read(tokens, style)) if is_sum or factors > 1 else read(tokens, style)


def enclosed(line: Iterator[Run]) -> Iterator[Run]:
    """Runs in parentheses."""
    yield Run("(", "")
    yield from line
    yield Run(")", "")


def measure(tokens: Sequence[re.Match[str]]) -> tuple[bool, int]:
    """Whether a group is a sum, a quotient or a comparison, and how many factors it has."""
    rest, depth, is_sum, factors = list(tokens), 0, False, 0
    before: str | None = None
    while rest:
        token = rest.pop(0)
        command, mark, letter = token.groups()
        name = command or letter
        goes_on = before == "function" or (before == "number" and (letter or "").isdigit())
        if mark in ("^", "_"):
            argument(rest)
        elif name in ("sum", "prod"):
            factors, before = factors + (depth == 0), None
        elif name in OPENING:
            factors += 1 if depth == 0 and not goes_on else 0
            depth, before = depth + 1, None
        elif name in CLOSING:
            depth, before = depth - 1, None
        elif depth == 0 and mark == "{":
            inner_sum, inner = measure(group(rest))
            is_sum, factors, before = is_sum or inner_sum, factors + inner, None
        elif depth == 0 and name is not None and (name in "+-=<>/" or name in {"frac", "pm", "le", "ge", "ne"}):
            is_sum, factors = is_sum or factors > 0 or name == "frac", factors + 1
            for _ in range(2 if name == "frac" else 0):
                argument(rest)
            before = None
        elif depth == 0 and is_factor(token, ()):
            factors += 0 if goes_on else 1
            if command in STYLES or command in ACCENTS or command == "sqrt":
                argument(rest)
            before = "number" if (letter or "").isdigit() else "function" if is_function(command) else None
    return is_sum, factors


def is_function(command: str | None) -> bool:
    """Whether a command is the name of a function, which belongs to what follows."""
    if command is None or not command.isalpha():
        return False
    return command == "operatorname" or command not in {*SIGNS, *STYLES, *ACCENTS, *BROAD, *SILENT, *SPACES}


def is_factor(token: re.Match[str], brackets: Container[str]) -> bool:
    """Whether a token is, begins or ends something that is multiplied by what stands beside it."""
    command, mark, letter = token.groups()
    if command is None:
        return mark == "{" if mark else letter.isalnum() or letter in brackets
    if command in BROAD or command in brackets:
        return True
    return SIGNS.get(command, command).isalpha() and command not in {*SILENT, *SPACES, *WORDS}


def argument(tokens: list[re.Match[str]]) -> list[re.Match[str]]:
    """What belongs to a command: a group, or what comes next."""
    if not tokens:
        return []
    first = tokens.pop(0)
    return group(tokens) if first[2] == "{" else [first]


def group(tokens: list[re.Match[str]]) -> list[re.Match[str]]:
    """The tokens up to the brace that closes the one just read."""
    depth, inside = 1, list[re.Match[str]]()
    while tokens:
        token = tokens.pop(0)
        depth += {"{": 1, "}": -1}.get(token[2], 0)
        if depth == 0:
            break
        inside.append(token)
    return inside


def svg_text(latex: str, x: float, y: float, size: float, room: float, colour: str) -> str:
    """`latex` centred on (x, y) as an SVG text element, set smaller where it is wider than `room`."""
    letters = runs(latex)
    width = size * sum(run.width for run in letters)
    if width > 2.2 * room:
        letters, width = [Run("⋯")], size
    size *= min(1.0, room / width) if width else 1.0
    spans, height = [], 0.0
    for run in letters:
        rise = run.rise * size
        look = [f'dy="{height - rise:.4g}"'] if height != rise else []
        height = rise
        look += [f'font-size="{size * run.size:.4g}"'] if run.size != 1 else []
        look += ['font-style="italic"', f'font-family="{SLANTED}"'] if "italic" in run.style else []
        look += ['font-weight="bold"'] if "bold" in run.style else []
        look += ['font-family="KaTeX_SansSerif, sans-serif"'] if run.style == "sans" else []
        words = escape(run.text)
        spans.append(f"<tspan {' '.join(look)}>{words}</tspan>" if look else words)
    return (
        f'<text x="{x:.4g}" y="{y + 0.34 * size:.4g}" font-size="{size:.4g}" fill="{colour}" '
        f'text-anchor="middle">{"".join(spans)}</text>'
    )
