"""The catalogues: one Fluent file per language, read when the first message is written."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from tidegraph.engine.messages.message import Message, Parameter

if TYPE_CHECKING:
    from fluent.runtime import FluentBundle

DEFAULT = "en"
"""The language that has every message; others fall back to it, message by message."""

FOLDER = Path(__file__).parent
MORE = "TIDEGRAPH_MESSAGES"
"""The environment variable that names a folder with further catalogues."""


@cache
def files() -> dict[str, Path]:
    """The catalogues by language: `en`, `zh` and every other file `LANGUAGE.ftl` beside them."""
    folders = [FOLDER, *([Path(os.environ[MORE])] if os.environ.get(MORE) else [])]
    found = {path.stem: path for folder in folders for path in sorted(folder.glob("*.ftl"))}
    return {DEFAULT: found.pop(DEFAULT), **found}


def languages() -> tuple[str, ...]:
    """The codes of all languages, English first."""
    return tuple(files())


def text(message: Message, language: str = DEFAULT) -> str:
    """A message in a language; its bare code if no catalogue has it."""
    return look_up(message.code, None, message.parameters, language) or message.code


def hint(message: Message, language: str = DEFAULT) -> str:
    """The text that helps with a message: its attribute `.hint`, or nothing."""
    return look_up(message.code, "hint", message.parameters, language)


def has(code: str) -> bool:
    """Whether a code is in the catalogue."""
    return bundle(DEFAULT).has_message(code)


def look_up(code: str, attribute: str | None, parameters: object, language: str) -> str:
    """The text of a code or of one of its attributes, or nothing."""
    assert isinstance(parameters, dict)
    for tried in dict.fromkeys((language, DEFAULT)):
        if tried not in files():
            continue
        catalogue = bundle(tried)
        if not catalogue.has_message(code):
            continue
        found = catalogue.get_message(code)
        pattern = found.attributes.get(attribute) if attribute else found.value
        if pattern is None:
            return ""
        filled = {name: written(value, tried) for name, value in parameters.items()}
        return str(catalogue.format_pattern(pattern, filled)[0])
    return ""


def written(value: Parameter, language: str) -> str | int:
    """A parameter as Fluent takes it: numbers that count stay numbers, everything else is text."""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, (str, int)):
        return value
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, Message):
        return text(value, language)
    if all(isinstance(part, int) for part in value):
        return f"[{', '.join(map(str, value))}]"
    separator = look_up("list-separator", None, {}, language)
    return separator.join(str(written(part, language)) for part in value)


@cache
def bundle(language: str) -> FluentBundle:
    """The messages of a language, parsed."""
    from fluent.runtime import FluentBundle, FluentResource

    catalogue = FluentBundle([language, DEFAULT], use_isolating=False)
    catalogue.add_resource(FluentResource(files()[language].read_text(encoding="utf-8")))
    return catalogue


def listed(names: Iterable[str], word: str = "and") -> Parameter:
    """Names joined as a sentence joins them: `a, b and c`, or with `word="or"`, in the language of the message."""
    *first, last = names
    return Message(f"list-{word}", names=first, last=last) if first else last
