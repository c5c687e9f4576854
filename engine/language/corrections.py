"""What the grammar does not have, and the text that would be right: `2x` is `2*x`, `|x|` is `abs(x)`.

A correction is tried on the line where parsing stopped, and offered if the line can be read with it.
"""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Callable

from tidegraph.engine.graph import REGISTRY, Fix, ProgramError
from tidegraph.engine.messages.catalogue import Message
from tidegraph.engine.ops.aliases import OPERATORS

MAX_DIGITS = 400
DIGITS = re.compile(rf"(?<![\w.])\d{{{MAX_DIGITS},}}")
BLOCKS = ("def", "for", "if", "elif", "else", "while", "class", "with", "try", "except", "finally")
FUNCTIONS = {*REGISTRY, *OPERATORS, "ln", "logistic", "sgn", "tg", "max", "min", "sum"}
NUMBER = r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"


def refused_before_parsing(text: str) -> ProgramError | None:
    """Numbers so long that the grammar's own reader refuses them."""
    if len(text) < MAX_DIGITS:
        return None
    for number, line in enumerate(text.split("\n"), 1):
        found = DIGITS.search(line)
        if found is not None:
            return ProgramError("number-too-long", None, number, found.start() + 1, digits=len(found[0]))
    return None


def correction(text: str, error: SyntaxError) -> ProgramError:
    """The error for a text that cannot be read: what is wrong with its line, and the line as it would be right."""
    lines = text.split("\n")
    number = min(max(error.lineno or 1, 1), len(lines))
    column = max(error.offset or 1, 1)
    for candidate in dict.fromkeys((number, number - 1, *((number - 2,) if number > 2 else ()))):
        if not 1 <= candidate <= len(lines):
            continue
        line = lines[candidate - 1]
        if candidate != number and reads(line):
            continue
        for code, correct in CORRECTIONS:
            corrected = powers(correct(line))
            if corrected and corrected != line and (reads(corrected) or corrected.lstrip().startswith("# ")):
                place = differs(line, corrected)
                fix = Fix(candidate, 1, candidate, len(line) + 1, corrected)
                shown = corrected.strip()[:200]
                return ProgramError(code, None, candidate, place, fix=fix, corrected=shown)
    return described(lines, number, min(column, len(lines[number - 1]) + 1), error)


def differs(line: str, corrected: str) -> int:
    """The column of the first character that the correction changes."""
    place = next(
        (n for n, (a, b) in enumerate(zip(line, corrected, strict=False)) if a != b), min(len(line), len(corrected))
    )
    return min(place, len(line)) + 1


def reads(line: str) -> bool:
    """Whether a line can be read by itself."""
    text = line.strip()
    if text.startswith(("elif", "else", "except", "finally")):
        text = {"elif": "if x:\n pass\n", "else": "if x:\n pass\n"}.get(text[:4], "try:\n pass\n") + text
    if text.startswith(("return", "break", "continue")):
        text = f"def f():\n while x:\n  {text}"
    if text.endswith(":"):
        text += "\n  pass"
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return False
    return bool(tree.body) or not line.strip()


def outside_strings(line: str, change: Callable[[str], str]) -> str:
    """A change of the parts of a line that are neither text in quotes nor a comment."""
    parts = re.split(r"(\"[^\"]*\"|'[^']*'|#.*$)", line)
    return "".join(part if n % 2 else change(part) for n, part in enumerate(parts))


def products(line: str) -> str:
    """`2x`, `2(x + y)`, `(x + y)z`, `)(`: a product has a sign."""

    def change(part: str) -> str:
        part = re.sub(rf"(?<![\w.])({NUMBER})\s*(?=[A-Za-z_(])(?![eE][+-]?\d)", r"\1*", part)
        part = re.sub(r"\)\s*(?=\()", ")*", part)
        return re.sub(r"\)\s*(?=[A-Za-z_0-9.])(?!\s*(?:and|or|if|else|for|in|is|not)\b)(?!\.[A-Za-z_])", ")*", part)

    return outside_strings(line, change)


def powers(line: str) -> str:
    """`x^2`: a power is written `**`."""
    line = outside_strings(line, lambda part: re.sub(r"\s*\^\s*\{([^{}]*)\}", r"**(\1)", part))
    return outside_strings(line, lambda part: re.sub(r"\s*\^\s*", "**", part))


def bars(line: str) -> str:
    """`|x|`: an absolute value is `abs(x)`."""

    def change(part: str) -> str:
        part = re.sub(r"\|\|([^|]+)\|\|", r"norm(\1)", part)
        return re.sub(r"\|([^|]+)\|", r"abs(\1)", part)

    return outside_strings(line, change)


def unbracketed(line: str) -> str:
    """`sin x`: the operand of a function stands in brackets."""

    def bracket(match: re.Match[str]) -> str:
        operand = re.sub(r"^(\d[\d.]*)(?=[A-Za-z_])", r"\1*", match[2])
        return f"{match[1]}({operand})" if match[1] in FUNCTIONS else match[0]

    operand = rf"((?:{NUMBER})?[A-Za-z_]\w*(?:\[[^\]]*\])?|{NUMBER})"
    return outside_strings(line, lambda part: re.sub(rf"\b([A-Za-z_]\w*)[ \t]+{operand}(?!\s*\()", bracket, part))


def adjacent(line: str) -> str:
    """`a b`: a product has a sign."""

    def join(match: re.Match[str]) -> str:
        words = {match[1], match[2]}
        return match[0] if any(keyword.iskeyword(w) for w in words) else f"{match[1]} * {match[2]}"

    pattern = r"(\b[A-Za-z_]\w*|\b\d+\.?\d*)[ \t]+([A-Za-z_]\w*)"
    changed = outside_strings(line, lambda part: re.sub(pattern, join, part))
    return outside_strings(changed, lambda part: re.sub(pattern, join, part))


def factorials(line: str) -> str:
    """`x!`: the factorial is exp(lgamma(x + 1))."""
    return outside_strings(
        line, lambda part: re.sub(r"(\b\w+|\([^()]*\))!(?!=)", lambda m: f"exp(lgamma({m[1].strip('()')} + 1))", part)
    )


def colon(line: str) -> str:
    """`def f(x)`: the line of a block ends with a colon."""
    text = line.split("#")[0].rstrip()
    first = re.match(r"\s*(\w+)", text)
    return f"{text}:" if first and first[1] in BLOCKS and not text.endswith(":") else line


def function_equals(line: str) -> str:
    """`f(x) = x**2`: a formula is assigned to a name, or a def."""
    found = re.match(r"^(\s*)([A-Za-z_]\w*)\s*\(([^()=]*)\)\s*=(?!=)\s*(.+)$", line)
    return f"{found[1]}{found[2]} = {found[4]}" if found else line


def commas(line: str) -> str:
    """`[1 2 3]` and `[1 2; 3 4]`: elements are separated by commas."""

    def change(match: re.Match[str]) -> str:
        rows = [re.sub(rf"({NUMBER}|\w)\s+(?=[-+\w.])", r"\1, ", row.strip()) for row in match[1].split(";")]
        return f"[{rows[0]}]" if len(rows) == 1 else "[" + ", ".join(f"[{row}]" for row in rows) + "]"

    return outside_strings(line, lambda part: re.sub(r"\[([^\[\]]*)\]", change, part))


def keywords(line: str) -> str:
    """`lambda = 0.1`: a keyword is no name."""
    return outside_strings(line, lambda part: re.sub(r"\blambda\b(?!\s*[\w,*]*\s*:)", "lam", part))


def logical(line: str) -> str:
    """`&&`, `||`, `!x`, `else if`, `:=`, `<-`, `+=1`: signs of other languages."""

    def change(part: str) -> str:
        part = re.sub(r"\s*&&\s*", " and ", part)
        part = re.sub(r"\s*\|\|\s*", " or ", part).replace("<-", "= ").replace("else if", "elif")
        part = re.sub(r"^(\s*[A-Za-z_]\w*\s*)->", r"\1=", part)
        part = re.sub(
            r"^(\s*[A-Za-z_]\w*\s*=)\s*(.+?)\s*\?\s*(.+?)\s*:\s*([^:]+?)\s*;?$", r"\1 where(\2, \3, \4)", part
        )
        part = re.sub(r"(?<![=!<>\w])!(\w+|\([^()]*\))", lambda m: f"logical_not({m[1].strip('()')})", part)
        part = re.sub(r"^(\s*)(?:let|var|const|double|float|auto)\s+(?=\w+\s*=)", r"\1", part)
        part = re.sub(r"^(\s*\w+)\+\+", r"\1 += 1", part)
        part = re.sub(r"(\w+)\+\+", r"\1 + 1", part)
        part = re.sub(r"^(\s*[A-Za-z_]\w*)\s*:=", r"\1 =", part)
        return re.sub(r";\s*$", "", part)

    return re.sub(r"\s{2,}(?=and |or )", " ", outside_strings(line, change))


def comments(line: str) -> str:
    """`// text`, `% text` and `-- text`: a comment begins with #."""
    return re.sub(r"^(\s*)(?://+|%+|--+|/\*)\s*(?=\S)", r"\1# ", line)


def zeros(line: str) -> str:
    """`007`: a number begins with no zero."""
    return outside_strings(line, lambda part: re.sub(r"(?<![\w.])0+(?=[1-9])", "", part))


def without_else(line: str) -> str:
    """`y = a if c`: a choice has two sides."""
    return re.sub(r"^(\s*[A-Za-z_]\w*\s*=.*\sif\s(?!.*\selse\s).*\S)\s*$", r"\1 else 0", line)


def elementwise_signs(line: str) -> str:
    """`.*`, `./`, `.^` and `x'`: signs of MATLAB."""
    line = re.sub(r"\.\s*([*/])", r" \1", line)
    line = re.sub(r"\.\^", "**", line)
    return re.sub(r"(\b[A-Za-z_]\w*|\))'(?=\s*(?:[-+*/@);,]|$))", r"\1.T", line)


def prefixes(line: str) -> str:
    """A label, a bullet or a number in front of a line."""
    return re.sub(r"^\s*(?:[-*•]\s+|\(?\d+[.)]\s+|\w+\)\s+)(?=[A-Za-z_])", "", line)


def closed(line: str) -> str:
    """One bracket too few or too many at the end of a line."""
    depth = []
    pairs = {")": "(", "]": "[", "}": "{"}
    for character in re.sub(r"\"[^\"]*\"|'[^']*'|#.*$", "", line):
        if character in "([{":
            depth.append(character)
        elif character in pairs:
            if not depth or depth[-1] != pairs[character]:
                return line[: line.rindex(character)] + line[line.rindex(character) + 1 :] if not depth else line
            depth.pop()
    return line.rstrip() + "".join({"(": ")", "[": "]", "{": "}"}[c] for c in reversed(depth))


def several(*corrections: Callable[[str], str]) -> Callable[[str], str]:
    """Corrections one after the other, the first of which must apply."""

    def apply(line: str) -> str:
        if corrections[0](line) == line:
            return line
        for correct in corrections:
            line = correct(line)
        return line

    return apply


CORRECTIONS: list[tuple[str, Callable[[str], str]]] = [
    ("block-without-colon", colon),
    ("function-of-equals", function_equals),
    ("function-of-equals", several(function_equals, powers, products)),
    ("keyword-as-name", keywords),
    ("keyword-as-name", several(keywords, powers, products)),
    ("product-without-sign", products),
    ("function-without-brackets", unbracketed),
    ("function-without-brackets", several(unbracketed, products)),
    ("bars-are-no-brackets", bars),
    ("bars-are-no-brackets", several(bars, powers, products)),
    ("factorial-not-here", factorials),
    ("factorial-not-here", several(factorials, products)),
    ("caret-is-no-power", powers),
    ("list-without-commas", commas),
    ("sign-of-another-language", logical),
    ("sign-of-another-language", elementwise_signs),
    ("comment-sign", comments),
    ("number-with-zeros", zeros),
    ("choice-without-else", without_else),
    ("product-without-sign", adjacent),
    ("product-without-sign", several(adjacent, products)),
    ("product-without-sign", several(products, unbracketed, adjacent)),
    ("product-without-sign", several(products, adjacent)),
    ("text-before-line", prefixes),
    ("text-before-line", several(prefixes, powers, products)),
    ("bracket-missing", closed),
    ("bracket-missing", several(closed, products, powers)),
]
"""Corrections in the order in which they are tried, each with the message that explains it."""


def described(lines: list[str], number: int, column: int, error: SyntaxError) -> ProgramError:
    """The error where no correction is found, in the language's own words."""
    said = (error.msg or "").lower()
    line = lines[number - 1]
    if "was never closed" in said:
        return ProgramError("bracket-never-closed", None, number, column, bracket=line[column - 1 : column] or "(")
    if "unmatched" in said or "does not match" in said:
        return ProgramError("bracket-never-opened", None, number, column, bracket=line[column - 1 : column] or ")")
    if "unexpected indent" in said or "unindent" in said or "inconsistent use of tabs" in said:
        return ProgramError("unexpected-indent", None, number, column)
    if "expected an indented block" in said:
        return ProgramError("block-not-indented", None, number, column)
    if "unterminated" in said or "eol while scanning" in said:
        return ProgramError("text-never-closed", None, number, column)
    if "too many nested" in said or "too many statically nested" in said or "recursion" in said:
        return ProgramError("nested-too-deeply", None, number, column)
    if "cannot assign to" in said or "cannot delete" in said:
        return ProgramError("only-names-here", None, number, column)
    if "null" in said:
        return ProgramError("character-not-in-language", None, number, column, character="U+0000")
    word = re.match(r"\w+", line[column - 1 :])
    if word and keyword.iskeyword(word[0]):
        return ProgramError("keyword-not-here", None, number, column, word=word[0])
    strange = next(
        (
            c
            for c in line
            if not c.isascii() and not c.isidentifier() and not c.isspace() and not ("_" + c).isidentifier()
        ),
        None,
    )
    if strange is not None:
        place = line.index(strange) + 1
        return ProgramError("character-not-in-language", None, number, place, character=strange)
    return ProgramError("line-not-in-language", Message("line-of-language"), number, column)
