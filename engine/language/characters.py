"""What stands for something else in a program's text: typographic characters, prompts, a common indentation.

The text is brought to the characters of the grammar line by line, so that a line keeps its number.
"""

from __future__ import annotations

import re

CHARACTERS: dict[int, str] = {
    **{0xFF01 + n: chr(0x21 + n) for n in range(94)},
    **{0x2080 + n: str(n) for n in range(10)},
    **dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212, 0xFE63), "-"),
    **dict.fromkeys((0x00D7, 0x00B7, 0x22C5, 0x2217, 0x2219, 0x2299, 0x2218, 0x2A2F, 0x2022), "*"),
    **dict.fromkeys((0x00F7, 0x2215, 0x2044), "/"),
    **dict.fromkeys((0x00A0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000), " "),
    **dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD), ""),
    **dict.fromkeys((0x2018, 0x2019, 0x201A, 0x201B, 0x2032, 0x300C, 0x300D), "'"),
    **dict.fromkeys((0x201C, 0x201D, 0x201E, 0x201F, 0x00AB, 0x00BB, 0x300E, 0x300F), '"'),
    **dict.fromkeys((0x3001, 0xFE50, 0xFE11), ","),
    **dict.fromkeys((0xFE55, 0xFE13), ":"),
    **dict.fromkeys((0xFE59, 0x27EE), "("),
    **dict.fromkeys((0xFE5A, 0x27EF), ")"),
    **dict.fromkeys((0x3010, 0x3014, 0x27E6), "["),
    **dict.fromkeys((0x3011, 0x3015, 0x27E7), "]"),
    0x3002: ".",
    0x2026: "...",
    0x2264: "<=",
    0x2A7D: "<=",
    0x2265: ">=",
    0x2A7E: ">=",
    0x2260: "!=",
    0x221E: "inf",
    0x03C0: "pi",
    0x1D40: ".T",
    0x22A4: ".T",
    0x2225: "|",
    0x2223: "|",
}
"""Characters of books, web pages, word processors and Chinese keyboards, and what the grammar has for them."""

SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ⁿᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐᵒᵖʳˢᵗᵘᵛʷˣʸᶻ", "0123456789-+nabcdefghijklmoprstuvwxyz", strict=True))
FRACTION = re.compile(r"([½⅓⅔¼¾⅕⅛])(\s*[\w(])?")
FRACTIONS = dict(zip("½⅓⅔¼¾⅕⅛", ("1/2", "1/3", "2/3", "1/4", "3/4", "1/5", "1/8"), strict=True))
ROOT = re.compile(r"√\s*(\w+(?:\.\w+)*|(?=\())")
RAISED = re.compile(f"[{''.join(SUPERSCRIPTS)}]+")
PROMPT = re.compile(r"^\s*(?:>>>|\.\.\.)(?: |$)")
NOTEBOOK = re.compile(r"^\s*In \[\d*\]:\s?")
ANSWER = re.compile(r"^\s*Out\s?\[\d*\]:")
FENCE = re.compile(r"^\s*(?:```|~~~)\s*\w*\s*$")


def normalised(program: str) -> str:
    """The program in the characters of the grammar, with as many lines; a text that needs nothing stays the same."""
    lines = re.split(r"\r\n|\r|\n", program) if not program.isascii() or _decorated(program) else None
    if lines is None:
        return program
    lines = [_in_grammar(line) for line in lines]
    return "\n".join(_undecorated(lines))


def _decorated(program: str) -> bool:
    """Whether prompts, fences or a common indentation may stand around the program."""
    return bool(re.search(r"^\s*(?:>>>|In \[|```|~~~)", program, re.M)) or program.lstrip("\r\n")[:1] in (" ", "\t")


def _in_grammar(line: str) -> str:
    if line.isascii():
        return line
    line = ROOT.sub(lambda m: f"sqrt({m[1]})" if m[1] else "sqrt", line)
    line = RAISED.sub(lambda m: _power("".join(SUPERSCRIPTS[c] for c in m[0])), line)
    line = FRACTION.sub(lambda m: f"({FRACTIONS[m[1]]})" + (f" * {m[2].strip()}" if m[2] else ""), line)
    return line.translate(CHARACTERS)


def _power(exponent: str) -> str:
    return f"**{exponent}" if exponent.isalnum() else f"**({exponent})"


def _undecorated(lines: list[str]) -> list[str]:
    """Lines without prompts, answers of an interactive session, fences, and the indentation that all share."""
    filled = [line for line in lines if line.strip()]
    if any(PROMPT.match(line) and line.lstrip().startswith(">>>") for line in filled):
        lines = [PROMPT.sub("", line) if PROMPT.match(line) else "" for line in lines]
    elif any(NOTEBOOK.match(line) for line in filled):
        lines = ["" if ANSWER.match(line) else NOTEBOOK.sub("", line) for line in lines]
    lines = ["" if FENCE.match(line) else line for line in lines]
    indents = [
        line[: len(line) - len(line.lstrip(" \t"))] for line in lines if line.strip() and line.lstrip()[0] != "#"
    ]
    if not indents or not indents[0]:
        return lines
    common = indents[0]
    if not all(indent.startswith(common) for indent in indents):
        return lines
    return [line[len(common) :] if line.startswith(common) else line.lstrip(" \t") for line in lines]
