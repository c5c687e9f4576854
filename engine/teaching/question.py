"""A question about a program, as an author writes it: a few lines `key: text`.

```
ask: gradient of W1[0, 2]
hide: gradient W1
tolerance: 0.01
hint: W1 reaches J along two paths.
feedback path-forgotten: One of the two paths is missing.
feedback > 3: That is too large.
```

docs/teaching.md describes every key. `read` checks the text alone; what needs the program is checked by `Exercise`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from tidegraph.engine.graph import InputError, nearest

KINDS = ("value", "gradient", "entry", "shape", "sign", "next", "paths", "formula", "memory", "count", "number")
"""What can be asked."""

KEYS = (
    "ask", "prompt", "hide", "tolerance", "hint", "feedback", "choice", "numbers", "explain", "target", "name",
    "points",
)  # fmt: skip
"""The keys of a question's lines."""

TOTALS = ("parameters", "gradients", "saved", "training", "prediction")
"""What `memory of` and `count of` take besides the name of a variable."""

MOST_TEXT = 20_000
"""Characters of a question."""

NAME = r"[^\W\d]\w*(?:\.\w+)*"
INDEX = r"\[\s*(-?\d+(?:\s*,\s*-?\d+)*)\s*\]"
THING = re.compile(rf"(?:(value|gradient)s?\s+)?(?:of\s+)?({NAME})\s*(?:{INDEX})?")
LINE = re.compile(r"\s*([a-z]+)(?:[ \t]+([^:\n]*?))?[ \t]*[:：][ \t]*(.*?)\s*")


@dataclass(frozen=True, slots=True)
class Thing:
    """A value or a gradient of a variable, whole or one entry of it. Indices count from 0."""

    of: str
    name: str
    index: tuple[int, ...] | None = None

    @property
    def text(self) -> str:
        """As it is written: `gradient W1[0, 2]`."""
        entry = "" if self.index is None else f"[{', '.join(map(str, self.index))}]"
        return f"{self.of} {self.name}{entry}"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked. `thing` for values, gradients, shapes, signs and formulas; `text` for everything else.

    `text` is the moment after which the next operator runs, the expression of a number, the name of a total; `ends` are
    the two ends of paths, the second empty for the target.
    """

    kind: str
    thing: Thing | None = None
    text: str = ""
    ends: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far a right answer may lie from the exact number: an absolute distance or a part of the number."""

    amount: float
    relative: bool = False


@dataclass(frozen=True, slots=True)
class Feedback:
    """What is said in one case: a misconception's code, `correct`, `wrong`, a number, or a comparison with one."""

    case: str
    text: str
    relation: str = ""
    number: float = 0.0

    def fits(self, number: float) -> bool:
        """Whether the number of a response is in this case."""
        close = abs(number - self.number) <= 1e-9 * max(1.0, abs(self.number))
        match self.relation:
            case "<":
                return number < self.number
            case "<=":
                return number <= self.number or close
            case ">":
                return number > self.number
            case ">=":
                return number >= self.number or close
            case "=":
                return close
            case _:
                return False


@dataclass(frozen=True, slots=True)
class Question:
    """A question. `hide` is None where the author leaves it to the question; `individual` is None for shared numbers.

    An empty `individual` stands for all declared variables.
    """

    asked: Asked
    prompt: str = ""
    hide: tuple[Thing, ...] | None = None
    tolerance: Tolerance | None = None
    hints: tuple[str, ...] = ()
    feedback: tuple[Feedback, ...] = ()
    choices: tuple[str, ...] = ()
    individual: tuple[str, ...] | None = None
    explain: str = ""
    target: str | None = None
    name: str = ""
    points: float = 1.0
    text: str = field(default="", compare=False)

    def said(self, case: str) -> str:
        """The author's own text for a case, or nothing."""
        return next((one.text for one in self.feedback if one.case == case), "")


def read(text: str) -> Question:
    """The question in a text. Raises InputError that names the line and states the correct form."""
    if len(text) > MOST_TEXT:
        raise InputError("question-too-long", count=len(text), most=MOST_TEXT)
    found: dict[str, list[tuple[str, str]]] = {key: [] for key in KEYS}
    for key, more, content in lines(text):
        found[key].append((more, content))
    if not found["ask"]:
        raise InputError("question-without-ask")
    for key in KEYS:
        if key in ("hint", "feedback", "choice"):
            continue
        if len(found[key]) > 1:
            raise InputError("question-key-twice", key=key)
    one = {key: values[0][1] if values else "" for key, values in found.items()}
    asked = asked_of(one["ask"])
    choices = tuple(content for _, content in found["choice"])
    if (asked.kind == "formula") != bool(choices):
        raise InputError("question-formula-choices", count=len(choices))
    return Question(
        asked=asked,
        prompt=one["prompt"],
        hide=things(one["hide"]) if found["hide"] else None,
        tolerance=tolerance_of(one["tolerance"]) if found["tolerance"] else None,
        hints=tuple(content for _, content in found["hint"]),
        feedback=tuple(feedback_of(more, content) for more, content in found["feedback"]),
        choices=choices,
        individual=individual_of(one["numbers"]) if found["numbers"] else None,
        explain=one["explain"],
        target=one["target"] or None,
        name=one["name"],
        points=points_of(one["points"]) if found["points"] else 1.0,
        text=text,
    )


def lines(text: str) -> Iterable[tuple[str, str, str]]:
    """Key, what stands between key and colon, and content; an indented line continues the one before."""
    joined: list[str] = []
    for line in text.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if joined and line[0] in " \t" and not re.match(rf"\s*({'|'.join(KEYS)})\b[^:]*:", line):
            joined[-1] += " " + line.strip()
        else:
            joined.append(line)
    for line in joined:
        match = LINE.fullmatch(line)
        if match is None:
            raise InputError("question-line", line=line.strip()[:80])
        key, more, content = match.groups()
        if key not in KEYS:
            raise InputError("question-unknown-key", nearest(key, KEYS), key=key, keys=", ".join(KEYS))
        if not content:
            raise InputError("question-empty-key", key=key)
        if more and key != "feedback":
            raise InputError("question-line", line=line.strip()[:80])
        yield key, more or "", content


def asked_of(text: str) -> Asked:
    """What an `ask` line asks."""
    kind, _, rest = re.sub(r"\s+", " ", text).strip().partition(" ")
    kind = kind.lower()
    if kind in ("expression", "expr"):
        kind = "number"
    if kind in ("bytes",):
        kind = "memory"
    if kind not in KINDS:
        raise InputError("question-unknown-kind", nearest(kind, KINDS), kind=kind, kinds=", ".join(KINDS))
    rest = re.sub(r"^of ", "", rest)
    match kind:
        case "number":
            if not rest:
                raise InputError("question-asks-nothing", kind=kind)
            return Asked(kind, text=rest)
        case "next":
            after = re.sub(r"^(?:operator )?(?:after|at)? ?(?:the )?", "", rest)
            return Asked(kind, text=after or "start")
        case "paths":
            match = re.fullmatch(rf"(?:from )?({NAME})(?:(?: to)? ({NAME}))?", rest)
            if match is None:
                raise InputError("question-asks-nothing", kind=kind)
            return Asked(kind, ends=(match[1], match[2] or ""))
        case "memory" | "count":
            match = re.fullmatch(NAME, rest)
            if match is None:
                raise InputError("question-asks-nothing", kind=kind)
            return Asked(kind, text=rest)
    default = "gradient" if kind == "gradient" else "value"
    thing = thing_of(rest, default)
    if kind in ("value", "gradient") and thing.of != kind:
        raise InputError("question-asks-nothing", kind=kind)
    if kind == "entry" and thing.index is None:
        raise InputError("question-entry-index", name=thing.name)
    return Asked(thing.of if kind == "entry" else kind, thing)


def thing_of(text: str, default: str = "value") -> Thing:
    """`gradient W1[0, 2]`, `value of z`, or a bare name of `default`."""
    match = THING.fullmatch(text.strip())
    if match is None:
        raise InputError("question-thing", text=text.strip()[:80])
    of, name, index = match.groups()
    return Thing(of or default, name, None if index is None else tuple(int(n) for n in index.split(",")))


def things(text: str) -> tuple[Thing, ...]:
    """The list of a `hide` line; `values`, `gradients` and `nothing` are whole kinds."""
    if text.strip().lower() in ("nothing", "none"):
        return ()
    found = []
    for part in re.split(r"[,;](?![^\[]*\])", text):
        word = part.strip().lower()
        if word in ("values", "gradients"):
            found.append(Thing(word[:-1], "*"))
        else:
            found.append(thing_of(part))
    return tuple(found)


def tolerance_of(text: str) -> Tolerance:
    """`0.01`, or `5%` of the number."""
    match = re.fullmatch(r"\s*(\d+(?:\.\d*)?(?:e-?\d+)?|\.\d+)\s*(%?)\s*", text)
    if match is None:
        raise InputError("question-tolerance", text=text[:40])
    return Tolerance(float(match[1]) / (100 if match[2] else 1), bool(match[2]))


def points_of(text: str) -> float:
    """What a right answer counts."""
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0 <= found <= 1e6:
        raise InputError("question-points", text=text[:40])
    return found


def individual_of(text: str) -> tuple[str, ...] | None:
    """The variables whose numbers differ from learner to learner: none of them for `numbers: shared`."""
    word, _, rest = text.strip().partition(" ")
    if word.lower() in ("shared", "program"):
        return None
    if word.lower() != "individual":
        raise InputError("question-numbers", text=text[:40])
    return tuple(name for name in re.split(r"[,\s]+", rest) if name and name != "of")


def feedback_of(case: str, text: str) -> Feedback:
    """A case and what is said in it."""
    case = case.strip().replace("\N{MINUS SIGN}", "-")
    match = re.fullmatch(r"(<=|>=|<|>|=)?\s*([-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?)", case)
    if match is not None:
        return Feedback(case, text, match[1] or "=", float(match[2]))
    if not re.fullmatch(r"[a-z][a-z-]*", case):
        raise InputError("question-feedback", case=case[:40])
    return Feedback("wrong" if case == "otherwise" else case, text)
