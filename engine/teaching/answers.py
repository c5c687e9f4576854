"""Judging a response: is it right, and if not, which mistake explains it."""

from __future__ import annotations

import ast
import math
import operator
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tidegraph.engine.graph import InputError
from tidegraph.engine.messages.catalogue import Message
from tidegraph.engine.teaching.exercise import Posed, Wrong
from tidegraph.engine.teaching.question import Question

TOLERANCE = 0.01
"""The distance within which a number is right where the author says nothing: a hundredth, and at most a tenth of it."""

RELATIVE = 0.005
"""The part of a large number within which it is right."""

MOST_RESPONSE = 20_000
"""Characters of a response."""

NUMERIC = ("value", "gradient", "number")
WHOLE = ("paths", "memory", "count")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said about a response. `entries` tells for each number of an array whether it is right."""

    correct: bool
    misconception: str | None = None
    messages: tuple[Message | str, ...] = ()
    place: tuple[str, ...] = ()
    entries: tuple[bool, ...] | None = None

    def texts(self, language: str | None = None) -> list[str]:
        """The feedback in a language, sentence by sentence."""
        return [m.text(language) if isinstance(m, Message) else m for m in self.messages]

    def to_dict(self, language: str | None = None) -> dict[str, Any]:
        """Plain data, as the service answers it."""
        return {
            "correct": self.correct,
            "misconception": self.misconception,
            "feedback": self.texts(language),
            "messages": [m.to_dict() if isinstance(m, Message) else {"text": m} for m in self.messages],
            "place": list(self.place),
            "entries": None if self.entries is None else list(self.entries),
        }


def judge(posed: Posed, response: Any) -> Verdict:
    """Whether a response is right and, if not, what probably happened. Raises InputError for an unreadable one."""
    question = posed.question
    given = read(posed, response)
    if matches(posed, given, posed.answer):
        said = question.said("correct") or Message("answer-correct")
        more = (question.explain,) if question.explain else ()
        entries = (True,) * np.size(given) if isinstance(given, np.ndarray) and given.ndim else None
        return Verdict(True, None, (said, *more), (), entries)
    wrong = next((w for w in posed.wrongs if matches(posed, given, w.answer)), None)
    entries = right_entries(posed, given)
    return Verdict(
        False,
        wrong.code if wrong else None,
        tuple(feedback(question, posed, given, wrong, entries)),
        wrong.place if wrong else (),
        entries,
    )


def feedback(
    question: Question, posed: Posed, given: Any, wrong: Wrong | None, entries: Sequence[bool] | None
) -> list[Message | str]:
    """The author's words for the case, else the catalogue's."""
    own = wrong is not None and question.said(wrong.code)
    if own:
        return [own]
    number = scalar_of(given)
    case = next((f.text for f in question.feedback if number is not None and f.fits(number)), "")
    if case:
        return [case]
    if wrong is not None:
        return [wrong.message]
    found: list[Message | str] = []
    if isinstance(given, np.ndarray) and given.shape != np.shape(posed.answer):
        found.append(Message("answer-shape", given=given.shape, shape=np.shape(posed.answer)))
    elif entries is not None and any(entries):
        shape = np.shape(posed.answer)
        first = np.unravel_index(list(entries).index(False), shape)
        found.append(Message("answer-entries", right=sum(entries), count=len(entries), first=[int(i) for i in first]))
    general = question.said("wrong")
    return [*found, general or Message("answer-wrong")] if general or not found else found


def scalar_of(given: Any) -> float | None:
    """The number of a response that is one."""
    if isinstance(given, (int, float)) and not isinstance(given, bool):
        return float(given)
    return float(given) if isinstance(given, np.ndarray) and given.ndim == 0 else None


def right_entries(posed: Posed, given: Any) -> tuple[bool, ...] | None:
    """Which numbers of an array are right; None where the shapes differ or there is one number."""
    answer = posed.answer
    if not isinstance(given, np.ndarray) or given.ndim == 0 or given.shape != np.shape(answer):
        return None
    pairs = zip(given.ravel(), np.asarray(answer).ravel(), strict=True)
    return tuple(near(float(a), float(b), tolerance(posed.question, float(b))) for a, b in pairs)


def matches(posed: Posed, given: Any, answer: Any) -> bool:
    """Whether a response that has been read is an answer."""
    if isinstance(given, np.ndarray):
        expected = np.asarray(answer, float)
        if given.shape != expected.shape:
            return False
        pairs = zip(given.ravel(), expected.ravel(), strict=True)
        return all(near(float(a), float(b), tolerance(posed.question, float(b))) for a, b in pairs)
    if isinstance(answer, frozenset):
        return given in answer
    return bool(given == answer)


def near(given: float, exact: float, distance: float) -> bool:
    """Whether a number is close enough; NaN is NaN."""
    if math.isnan(exact) or math.isinf(exact):
        return given == exact or (math.isnan(given) and math.isnan(exact))
    return abs(given - exact) <= distance * (1 + 1e-9)


def tolerance(question: Question, exact: float) -> float:
    """How far a response may lie from the exact number, as 1, 2 or 5 times a power of ten.

    A coarse series, since the published key of a static page holds it for every number.
    """
    asked = question.tolerance
    if not math.isfinite(exact):
        return 0.0
    if asked is None:
        distance = max(min(TOLERANCE, 0.1 * abs(exact)) if exact else TOLERANCE, RELATIVE * abs(exact))
    elif asked.relative:
        distance = asked.amount * abs(exact) or asked.amount
    else:
        return asked.amount or 1e-12
    return rounded(distance)


def rounded(distance: float) -> float:
    """The largest of 1, 2, 5 times a power of ten that is not above a distance."""
    if distance <= 0:
        return 1e-12
    power = 10.0 ** math.floor(math.log10(distance) + 1e-12)
    factor = next((f for f in (5.0, 2.0) if f * power <= distance * (1 + 1e-9)), 1.0)
    return max(float(f"{factor * power:.1g}"), 1e-12)


# Reading


def read(posed: Posed, response: Any) -> Any:
    """A response as an answer of the question's kind. Raises InputError that states the correct form."""
    kind = posed.question.asked.kind
    if isinstance(response, str) and len(response) > MOST_RESPONSE:
        raise InputError("answer-too-long", count=len(response), most=MOST_RESPONSE)
    if response is None or (isinstance(response, str) and not response.strip()):
        raise InputError("answer-empty")
    if kind in NUMERIC:
        return array_of(response)
    if kind in WHOLE:
        number = array_of(response)
        if number.ndim or not float(number).is_integer():
            raise InputError("answer-whole-number", given=str(response)[:40])
        return int(number)
    if kind == "shape":
        return shape_of(response)
    if kind == "sign":
        return sign_of(response)
    known = [c.id for c in posed.choices]
    text = str(response).strip()
    if text not in known:
        by_text = next((c.id for c in posed.choices if text in (c.text, c.text.split(" ")[0])), None)
        if by_text is None:
            raise InputError("answer-no-choice", given=text[:40], choices=", ".join(known))
        text = by_text
    return text


def plain_text(text: str) -> str:
    """A response in the characters of the program language: full-width digits, minus signs and brackets as ASCII."""
    text = unicodedata.normalize("NFKC", text).replace("−", "-").replace("–", "-").replace("×", "x")  # noqa: RUF001
    return text.replace("，", ",").replace("；", ";").strip()


def array_of(response: Any) -> np.ndarray:
    """Numbers: `0.5`, `1/2`, `[[1, 2], [3, 4]]`, `1 2; 3 4`, or nested lists of them."""
    try:
        if isinstance(response, str):
            found = from_text(plain_text(response))
        elif isinstance(response, (list, tuple)):
            found = [array_of(part) for part in response]
        elif isinstance(response, (int, float, np.ndarray, np.generic)) and not isinstance(response, bool):
            found = response
        else:
            raise ValueError
        array = np.asarray(found, float)
    except (ValueError, TypeError):
        raise InputError("answer-number", given=str(response)[:40]) from None
    if array.size == 0:
        raise InputError("answer-empty")
    return array


def from_text(text: str) -> Any:
    """Numbers in a text; ValueError for anything else."""
    if re.fullmatch(r"\[.*\]", text, re.DOTALL):
        body = text[1:-1]
        if "[" in body:
            return [from_text(part) for part in split(body)]
        if ";" in body:
            return [numbers(row) for row in body.split(";")]
        return numbers(body)
    if ";" in text or "\n" in text:
        return [numbers(row) for row in re.split(r"[;\n]", text) if row.strip()]
    try:
        return number(text)
    except ValueError:
        found = numbers(text)
        if len(found) < 2 or re.fullmatch(r"-?\d+,\d+", text):
            raise
        return found


def split(text: str) -> list[str]:
    """The rows of a matrix: the bracketed parts of a text."""
    parts, depth, start = [], 0, 0
    for at, character in enumerate(text):
        if character == "[":
            if depth == 0:
                start = at
            depth += 1
        elif character == "]":
            depth -= 1
            if depth == 0:
                parts.append(text[start : at + 1])
            if depth < 0:
                raise ValueError
        elif depth == 0 and character not in ", \n\t":
            raise ValueError
    if depth:
        raise ValueError
    return parts


def numbers(text: str) -> list[float]:
    """Numbers with commas or spaces between them."""
    parts = text.split(",") if "," in text else text.split()
    return [number(part) for part in parts]


BINARY: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def number(text: str) -> float:
    """One number, also as a sum, product or fraction of numbers; ValueError for anything else."""
    text = text.strip()
    if len(text) > 200:
        raise ValueError
    if text.lower() in ("nan", "inf", "infinity", "-inf", "-infinity", "∞", "-∞"):
        return float(text.replace("∞", "inf"))
    try:
        return calculated(ast.parse(text.replace("^", "**"), mode="eval").body)
    except (SyntaxError, RecursionError, ZeroDivisionError, OverflowError, MemoryError):
        raise ValueError from None


def calculated(node: ast.expr) -> float:
    """The value of an expression of numbers."""
    match node:
        case ast.Constant(value=value) if type(value) in (int, float):
            return float(str(value))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -calculated(operand)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return calculated(operand)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in BINARY:
            return BINARY[type(op)](calculated(left), calculated(right))
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            base, power = calculated(left), calculated(right)
            if abs(power) > 64:
                raise ValueError
            result = base**power
            if isinstance(result, complex):
                raise ValueError
            return float(result)
    raise ValueError


def shape_of(response: Any) -> tuple[int, ...]:
    """A shape: `[5, 4]`, `(5, 4)`, `5x4`, `5`, and `scalar` or `[]` for that of a number."""
    if isinstance(response, (list, tuple)):
        parts: Sequence[Any] = response
    else:
        text = plain_text(str(response)).lower()
        if text in ("scalar", "number", "标量", "一个数"):
            return ()
        body = text.strip("[]() ")
        parts = [p for p in re.split(r"[\s,x*;]+", body) if p]
        if not parts and not re.fullmatch(r"\[\s*\]|\(\s*\)", text):
            parts = [text]
    try:
        return tuple(int(str(p)) for p in parts)
    except ValueError:
        raise InputError("answer-shape-form", given=str(response)[:40]) from None


SIGNS = {
    "+": "+", "positive": "+", "plus": "+", "正": "+", ">0": "+", "1": "+",
    "-": "-", "negative": "-", "minus": "-", "负": "-", "<0": "-", "-1": "-",
    "0": "0", "zero": "0", "零": "0", "=0": "0",
}  # fmt: skip


def sign_of(response: Any) -> str:
    """A sign: `+`, `-` or `0`, or its name."""
    found = SIGNS.get(plain_text(str(response)).lower().replace(" ", ""))
    if found is None:
        raise InputError("answer-sign", given=str(response)[:40])
    return found


@dataclass(frozen=True, slots=True)
class Form:
    """What a learner fills in: `number`, `whole`, `array` of a shape, `shape`, `sign` or `choice`."""

    type: str
    shape: tuple[int, ...] = ()
    choices: tuple[Mapping[str, str], ...] = field(default=())


def form(posed: Posed) -> Form:
    """The form of a question's answer."""
    kind = posed.question.asked.kind
    if kind in NUMERIC:
        shape = np.shape(posed.answer)
        return Form("array", shape) if shape else Form("number")
    if kind in WHOLE:
        return Form("whole")
    if kind in ("shape", "sign"):
        return Form(kind)
    return Form("choice", (), tuple({"id": c.id, "text": c.text, "latex": c.latex} for c in posed.choices))
