"""A message is a code and parameters; a catalogue turns it into text.

There is one catalogue per language, a Fluent file beside this one. It is read when the first message is written.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from numbers import Integral, Real
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, Union

if TYPE_CHECKING:
    from fluent.runtime import FluentBundle

DEFAULT = "en"
"""The language that has every message; others fall back to it, message by message."""

SPOKEN: ContextVar[str] = ContextVar("language", default=DEFAULT)
"""The language of whoever is being answered."""

FOLDER = Path(__file__).parent
MORE = "TIDEGRAPH_MESSAGES"
"""The environment variable that names a folder with further catalogues."""


Parameter: TypeAlias = Union[str, int, float, "Message", Sequence["Parameter"]]
"""What fills a message. A sequence of whole numbers is a shape: `(5, 4)` is written [5, 4]. Any other sequence is a
list of words. A whole number counts something and is written for readers (10,000); pass text to keep its digits."""


class Message:
    """One message: `Message("unknown-name", name="W3")`. Equal codes and parameters make equal messages."""

    __slots__ = ("code", "parameters")

    code: str
    parameters: Mapping[str, Parameter]

    def __init__(self, code: str, /, **parameters: Parameter) -> None:
        self.code = code
        self.parameters = parameters

    def text(self, language: str | None = None) -> str:
        """The message in a language; in English where none is named, or where it does not have the message."""
        return text(self, language)

    def to_dict(self) -> dict[str, Any]:
        """Plain data: `{"code": ..., "parameters": {...}}`, as answers and traces carry it."""
        return {"code": self.code, "parameters": {name: plain(value) for name, value in self.parameters.items()}}

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        parameters = "".join(f", {name}={value!r}" for name, value in self.parameters.items())
        return f"Message({self.code!r}{parameters})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and self.to_dict() == other.to_dict()

    def __hash__(self) -> int:
        return hash(self.code)


PLAIN = (str, int, bool)
"""Types whose values are JSON and text as they are; most parameters have one, and type checks by name are slow."""


def plain(value: Parameter) -> Any:
    """A parameter as JSON."""
    if type(value) in PLAIN:
        return value
    if isinstance(value, Message):
        return value.to_dict()
    if isinstance(value, (str, bool)):
        return value
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return float(value)
    if not isinstance(value, Sequence):
        return str(value)
    # An empty list of words must not look like the shape of a scalar.
    return [plain(part) for part in value] if value or is_shape(value) else ""


def is_shape(value: Sequence[Parameter]) -> bool:
    """Whether a sequence is a shape; an empty one is the shape of a scalar if it is a tuple."""
    return all(isinstance(part, Integral) for part in value) and (bool(value) or isinstance(value, tuple))


@cache
def files() -> dict[str, Path]:
    """The catalogues by language: `en`, `zh` and every other file `LANGUAGE.ftl` beside them."""
    folders = [FOLDER, *([Path(os.environ[MORE])] if os.environ.get(MORE) else [])]
    found = {path.stem: path for folder in folders for path in sorted(folder.glob("*.ftl"))}
    return {DEFAULT: found.pop(DEFAULT), **found}


def languages() -> tuple[str, ...]:
    """The codes of all languages, English first."""
    return tuple(files())


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Inside, messages are written in `language` where none is named."""
    before = SPOKEN.set(language)
    try:
        yield
    finally:
        SPOKEN.reset(before)


def text(message: Message, language: str | None = None) -> str:
    """A message in a language; its bare code if no catalogue has it."""
    language = language or SPOKEN.get()
    return look_up(message.code, None, message.parameters, language) or message.code


def advice(message: Message, language: str | None = None) -> str:
    """The text that helps with a message: its attribute `.hint`, or nothing."""
    return look_up(message.code, "hint", message.parameters, language or SPOKEN.get())


def has(code: str) -> bool:
    """Whether a code is in the catalogue."""
    return code in entries(DEFAULT)


def look_up(code: str, attribute: str | None, parameters: Mapping[str, Parameter], language: str) -> str:
    """The text of a code or of one of its attributes, or nothing."""
    for tried in (language, DEFAULT):
        if tried in files() and code in entries(tried):
            write = writer(code, attribute, tried)
            return write(parameters) if write else ""
    return ""


@cache
def entries(language: str) -> dict[str, str]:
    """The Fluent source of every message of a language, by code. Each is parsed when it is first used."""
    parts = re.split(r"\n(?=[a-z#])", files()[language].read_text(encoding="utf-8"))
    return {found[1]: part for part in parts if (found := re.match(r"([a-z][\w-]*) =", part))}


@cache
def writer(code: str, attribute: str | None, language: str) -> Callable[[Mapping[str, Parameter]], str] | None:
    """What writes a message or one of its attributes; None where there is no such attribute.

    Most patterns are text with parameters in it. Those are joined at once, which is a hundred times as fast as Fluent's
    resolver and matters for graphs of thousands of steps.
    """
    from fluent.runtime import FluentResource
    from fluent.syntax import ast

    resource = FluentResource(entries(language)[code])
    entry = next(part for part in resource.body if isinstance(part, ast.Message))
    pattern = entry.value
    if attribute is not None:
        pattern = next((part.value for part in entry.attributes if part.id.name == attribute), None)
    if pattern is None:
        return None
    catalogue = bundle(language)
    if not catalogue.has_message(code):
        catalogue.add_resource(resource)

    def resolve(parameters: Mapping[str, Parameter]) -> str:
        message = catalogue.get_message(code)
        filled = {name: written(value, language) for name, value in parameters.items()}
        resolved = message.attributes[attribute] if attribute else message.value
        return str(catalogue.format_pattern(resolved, filled)[0]) if resolved else ""

    parts: list[tuple[bool, str]] = []
    for element in pattern.elements:
        match element:
            case ast.TextElement(value=text) | ast.Placeable(expression=ast.StringLiteral(value=text)):
                parts.append((False, text))
            case ast.Placeable(expression=ast.VariableReference(id=ast.Identifier(name=name))):
                parts.append((True, name))
            case _:
                return resolve

    def join(parameters: Mapping[str, Parameter]) -> str:
        found: list[str] = []
        for variable, text in parts:
            value = written(parameters[text], language) if variable and text in parameters else text
            if isinstance(value, int) and abs(value) >= 1000:
                return resolve(parameters)
            found.append(str(value))
        return "".join(found)

    return join


def written(value: Parameter, language: str) -> str | int:
    """A parameter as Fluent takes it: numbers that count stay numbers, everything else is text."""
    if isinstance(value, str):
        return value
    if isinstance(value, Message):
        return text(value, language)
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return f"{value:g}"
    if not isinstance(value, Sequence):
        return str(value)
    if is_shape(value):
        return f"[{', '.join(map(str, value))}]"
    separator = look_up("list-separator", None, {}, language)
    return separator.join(str(written(part, language)) for part in value)


@cache
def bundle(language: str) -> FluentBundle:
    """The messages of a language that were used so far."""
    from fluent.runtime import FluentBundle

    return FluentBundle([language, DEFAULT], use_isolating=False)


def listed(names: Iterable[Parameter], word: str = "and") -> Parameter:
    """Names joined as a sentence joins them: `a, b and c`, or with `word="or"`, in the language of the message."""
    *first, last = names
    return Message(f"list-{word}", names=first, last=last) if first else last
