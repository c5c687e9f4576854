"""`tidegraph course build`: a folder of Markdown files as a site, packages for an LMS (SCORM 1.2 and 2004, cmi5)
and a PDF.

Fences `tide-graph`, `tide-question` and `tide-tour` are programs, questions and tours, as in docs/teaching.md.
Everything is run when the course is built; its pages need no server.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tomllib
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from markdown_it import MarkdownIt

from tidegraph.app import examples
from tidegraph.app.integrations import course, questions, tours
from tidegraph.app.site.pages import STATIC
from tidegraph.engine.language.parser import parse
from tidegraph.engine.messages.catalogue import Message, speaking
from tidegraph.engine.teaching.assignment import Assignment
from tidegraph.engine.teaching.question import read
from tidegraph.engine.teaching.tour import read as read_tour

MAKERS = {"tide-graph": None, "tide": None, "tide-question": course.question, "tide-tour": course.tour}
OPTION = re.compile(r"""(\w[\w-]*)(?:=(?:"([^"]*)"|'([^']*)'|(\S+)))?""")
FILES = ("course.js", "course.css")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
PDF_SECONDS = 120


class LessonError(ValueError):
    """A course that cannot be built, in words for its author."""


@dataclass(slots=True)
class Lesson:
    """One page: its file's name without ending, its title, its body, the names of its questions, the program and the
    text of each, its tours, and the pictures in it."""

    name: str
    title: str
    body: str
    questions: list[str] = field(default_factory=list)
    asked: dict[str, tuple[str, str]] = field(default_factory=dict)
    tours: int = 0
    pictures: set[Path] = field(default_factory=set)


@dataclass(slots=True)
class Course:
    """A title, a language, lessons in the order of their files' names, and the part of the answers that passes one."""

    title: str
    language: str
    lessons: list[Lesson]
    mastery: float = 1.0


def read_course(folder: Path) -> Course:
    """The course in a folder: `*.md` in the order of their names; `course.toml` has `title`, `language`, `mastery`."""
    if not folder.is_dir():
        raise LessonError(f"{folder} is not a folder")
    files = sorted(p for p in folder.glob("*.md") if p.is_file() and p.name.lower() != "readme.md")
    if not files:
        raise LessonError(f"{folder} has no lesson: write Markdown files such as 01-forward.md")
    settings: dict[str, Any] = {}
    if (folder / "course.toml").is_file():
        try:
            settings = tomllib.loads(text_of(folder / "course.toml"))
        except tomllib.TOMLDecodeError as error:
            raise LessonError(f"course.toml: {error}") from None
    language = str(settings.get("language", "en"))
    mastery = settings.get("mastery", 1.0)
    if isinstance(mastery, bool) or not isinstance(mastery, (int, float)) or not 0 <= mastery <= 1:
        raise LessonError("course.toml: mastery is a part of the answers between 0 and 1, such as mastery = 0.8")
    with speaking("zh" if language.lower().startswith("zh") else "en"):
        lessons = [lesson(file, folder) for file in files]
    return Course(str(settings.get("title") or lessons[0].title), language, lessons, float(mastery))


def lesson(file: Path, folder: Path) -> Lesson:
    """One Markdown file as a page. Raises LessonError, which names file and line."""
    made = Lesson(file.stem, file.stem, "")
    reader = MarkdownIt("commonmark", {"html": True}).enable("table")

    text, title, above = without_head(file.name, text_of(file))

    def fence(self: Any, tokens: Sequence[Any], at: int, options: Any, environment: Any) -> str:
        token = tokens[at]
        kind, _, rest = token.info.strip().partition(" ")
        if kind not in MAKERS:
            return f"<pre><code>{escape(token.content)}</code></pre>\n"
        try:
            return element(kind, rest, token.content, made, folder) + "\n"
        except course.CourseError as error:
            raise LessonError(f"{file.name}:{token.map[0] + 1 + above}: {error}") from None

    reader.add_render_rule("fence", fence)
    tours.set_mathematics(reader)
    heading = re.search(r"^#\s+(.+?)\s*#*$", text, re.MULTILINE)
    if title or heading:
        made.title = title or re.sub(r"[*_`]", "", heading[1] if heading else "")
    for number, source in pictures(reader, text):
        path = folder / unquote(source)
        if not path.is_file() or not path.resolve().is_relative_to(folder.resolve()):
            raise LessonError(f"{file.name}:{number + above}: there is no picture {source} in the folder of the course")
        made.pictures.add(Path(unquote(source)))
    made.body = reader.render(text)
    return made


def text_of(file: Path) -> str:
    """What a file says. Raises LessonError for one that is not UTF-8."""
    held = file.read_bytes()
    try:
        return held.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = held[: error.start].count(b"\n") + 1
        raise LessonError(f"{file.name}:{line}: not UTF-8: save the file in this encoding") from None


def without_head(name: str, text: str) -> tuple[str, str, int]:
    """A text without the lines `title: ...` between two `---` at its top; the title, and how many lines these were."""
    match = re.match(r"---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", text, re.DOTALL | re.MULTILINE)
    if match is None:
        return text, "", 0
    title = ""
    for number, line in enumerate(match[1].split("\n"), 2):
        key, colon, value = line.partition(":")
        if not line.strip():
            continue
        if (
            not colon
            or key.strip() != "title"
            or not (title := value.strip().strip("\"'"))
            or title.startswith(("[", "{"))
        ):
            raise LessonError(f"{name}:{number}: the head of a lesson has the line title: Its title, and no other")
    return text[match.end() :], title, match[0].count("\n")


def pictures(reader: MarkdownIt, text: str) -> Iterator[tuple[int, str]]:
    """The pictures of a text that are files, each with its line."""
    for block in reader.parse(text):
        for token in block.children or ():
            source = str(token.attrs.get("src", "")) if token.type == "image" else ""
            if source and not re.match(r"[a-z][a-z0-9+.-]*:|/|#", source, re.IGNORECASE):
                yield (block.map or [0])[0] + 1, re.sub(r"[?#].*", "", source)


def assignment(file: Path) -> Assignment:
    """The questions of a lesson, each on its own program, as what answers are graded against."""
    asked = lesson(file, file.parent).asked
    if not asked:
        raise LessonError(f"{file.name} asks no question")
    graphs = {name: parse(program) for name, (program, _) in asked.items()}
    program = next(iter(asked.values()))[0]
    texts = {name: text for name, (_, text) in asked.items()}
    return Assignment(program, program, texts, next(iter(graphs.values())), graphs)


def element(kind: str, options: str, source: str, made: Lesson, folder: Path) -> str:
    """The element of one fence; a question without a name is called after its place in the lesson."""
    given = {n: a or b or c for n, a, b, c in OPTION.findall(options)}
    program = given.pop("example", "")
    if program and program not in examples.load():
        near = get_close_matches(program, examples.load(), 1)
        raise course.CourseError(f"There is no example {program}." + (f" Is it {near[0]}?" if near else ""))
    if "file" in given:
        path = folder / given.pop("file")
        try:
            program = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise course.CourseError(f"The file {path.name} cannot be read: {error}.") from None
    if kind == "tide-question":
        _, asks = questions.parts(source, program)
        given.setdefault("name", questions_name(asks) or f"{made.name}-{len(made.questions) + 1}")
        if given["name"] in made.asked:
            raise course.CourseError(f"Another question of the lesson is called {given['name']} already.")
        made.questions.append(given["name"])
        made.asked[given["name"]] = questions.parts(source, program)
        return course.question(source, given, program, paper=True)
    if kind == "tide-tour":
        made.tours += 1
        given.setdefault("name", f"{made.name}-tour-{made.tours}")
        html = course.tour(source, given, program)
        above, stops = questions.parts(source, program)
        asked = (stop.question for stop in read_tour(stops).stops if stop.question)
        for number, text in enumerate(asked, 1):
            name = questions_name(text) or f"{given['name']}-{number}"
            if name in made.asked:
                raise course.CourseError(f"Another question of the lesson is called {name} already.")
            made.asked[name] = (above, text)
        made.questions += re.findall(r'"asked":', html)
        return html
    return course.figure(source or program, given)


def questions_name(text: str) -> str:
    """The name that a question's text gives itself."""
    try:
        return read(text).name
    except Exception:  # what is wrong with it is said where it is made
        return ""


# Pages


def page(found: Course, one: Lesson) -> str:
    """A lesson as a page of the site."""
    links = "".join(
        f'<li><a href="{escape(other.name)}.html"{" aria-current=page" if other is one else ""}>'
        f"{escape(other.title)}</a></li>"
        for other in found.lessons
    )
    at = found.lessons.index(one)
    language = language_of(found)
    turns = "".join(
        f'<a rel="{rel}" href="{escape(found.lessons[n].name)}.html">{Message(f"course-{rel}").text(language)}</a>'
        for rel, n in (("prev", at - 1), ("next", at + 1))
        if 0 <= n < len(found.lessons)
    )
    header = heading(found, f"<ol>{links}</ol>") if len(found.lessons) > 1 or one.title != found.title else ""
    return document(found, one.title, one.body, len(one.questions), header, turns, one.name)


def heading(found: Course, links: str) -> str:
    """The head of a lesson's page: the course, and its lessons where there are several."""
    label = escape(Message("course-lessons").text(language_of(found)))
    lessons = f'<nav aria-label="{label}">{links}</nav>' if len(found.lessons) > 1 else ""
    return f'<header><a href="index.html">{escape(found.title)}</a>{lessons}</header>\n'


def document(
    found: Course, title: str, body: str, questions: int, header: str = "", turns: str = "", name: str = ""
) -> str:
    """One HTML document of the course."""

    def say(code: str) -> str:
        return escape(Message(f"course-{code}").text(language_of(found)))

    texts = {
        "progress": Message("course-progress", right="{right}", total="{total}"),
        "leave": Message("course-leave"),
    }
    words = json.dumps({name: text.text(language_of(found)) for name, text in texts.items()})
    asked = (
        '<span data-progress role="status"></span>'
        f'<label>{say("learner")} <input data-learner autocomplete="off"></label>'
        f'<button type="button" data-save disabled>{say("save")}</button>'
        if questions
        else ""
    )
    footer = f'<footer>{asked}<nav aria-label="{say("lessons")}">{turns}</nav></footer>' if asked or turns else ""
    return f"""<!doctype html>
<html lang="{escape(found.language)}" data-questions="{questions}" data-lesson="{escape(name)}"{passing(found)}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}{"" if title == found.title else f" - {escape(found.title)}"}</title>
<link rel="stylesheet" href="{course.FOLDER}/course.css">
<link rel="stylesheet" href="{course.STYLES}">
<script type="text/x-words">{words.replace("<", "&lt;")}</script>
<script defer src="{course.SCRIPT}"></script>
<script defer src="{course.FOLDER}/course.js"></script>
</head>
<body>
{header}<main>
{body}
</main>
{footer}
</body>
</html>
"""


def passing(found: Course) -> str:
    """The part of the questions that passes a lesson, for its page; nothing where all of them do."""
    return "" if found.mastery == 1 else f' data-mastery="{found.mastery:g}"'


def language_of(found: Course) -> str:
    """The language of the project's own words."""
    return "zh" if found.language.lower().startswith("zh") else "en"


def build(folder: Path, out: Path, packages: Sequence[str] = (), pdf: bool = False) -> list[Path]:
    """The site in `out`, and what else is asked for beside its pages; every file or folder that was written."""
    found = read_course(folder)
    out.mkdir(parents=True, exist_ok=True)
    for one in found.lessons:
        (out / f"{one.name}.html").write_text(page(found, one), encoding="utf-8")
    if len(found.lessons) == 1:
        (out / "index.html").write_text(page(found, found.lessons[0]), encoding="utf-8")
    elif not any(one.name == "index" for one in found.lessons):
        items = "".join(f'<li><a href="{escape(o.name)}.html">{escape(o.title)}</a></li>' for o in found.lessons)
        contents = f"<h1>{escape(found.title)}</h1>\n<ol>{items}</ol>"
        (out / "index.html").write_text(document(found, found.title, contents, 0), encoding="utf-8")
    course.copy_files(out)
    for name in FILES:
        shutil.copyfile(STATIC / name, out / course.FOLDER / name)
    for extra in folder.iterdir():
        if extra.is_file() and extra.suffix.lower() in (".png", ".jpg", ".jpeg", ".svg", ".gif", ".webp"):
            shutil.copyfile(extra, out / extra.name)
    for picture in set().union(*(one.pictures for one in found.lessons)):
        (out / picture).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / picture, out / picture)
    written = [out]
    files = sorted(p for p in out.rglob("*") if p.is_file())
    written += [package(found, out, files, version) for version in packages]
    if pdf:
        written.append(printed(found, out))
    return written


# Packages


MANIFEST_12 = """<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="{id}" version="1.0" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
  xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
  <metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>
  <organizations default="course"><organization identifier="course"><title>{title}</title>
{items}
  </organization></organizations>
  <resources>
{resources}
  </resources>
</manifest>
"""

MANIFEST_2004 = """<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="{id}" version="1.0" xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"
  xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3" xmlns:imsss="http://www.imsglobal.org/xsd/imsss">
  <metadata><schema>ADL SCORM</schema><schemaversion>2004 4th Edition</schemaversion></metadata>
  <organizations default="course"><organization identifier="course"><title>{title}</title>
{items}
  <imsss:sequencing><imsss:controlMode choice="true" flow="true"/></imsss:sequencing>
  </organization></organizations>
  <resources>
{resources}
  </resources>
</manifest>
"""

STRUCTURE = """<?xml version="1.0" encoding="UTF-8"?>
<courseStructure xmlns="https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd">
  <course id="{id}">
    <title><langstring lang="{language}">{title}</langstring></title>
    <description><langstring lang="{language}">{title}</langstring></description>
  </course>
{units}
</courseStructure>
"""
UNIT = """  <au id="{id}" moveOn="{move_on}"{mastery} launchMethod="AnyWindow">
    <title><langstring lang="{language}">{title}</langstring></title>
    <description><langstring lang="{language}">{title}</langstring></description>
    <url>{url}</url>
  </au>"""
"""The course structure of cmi5: every lesson is an assignable unit."""

MANIFESTS = {"scorm12": (MANIFEST_12, "adlcp:scormtype"), "scorm2004": (MANIFEST_2004, "adlcp:scormType")}
"""SCORM's packages by the names that the command takes."""

PACKAGES = (*MANIFESTS, "cmi5")
"""All packages that the command takes."""


def package(found: Course, out: Path, files: Sequence[Path], version: str) -> Path:
    """The site as a package, beside it; its manifest names every lesson as a part that an LMS launches."""
    target = out.parent / f"{out.name}-{version}.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        if version == "cmi5":
            archive.writestr("cmi5.xml", structure(found))
        else:
            archive.writestr("imsmanifest.xml", manifest(found, out, files, version))
        for file in files:
            archive.write(file, file.relative_to(out).as_posix())
    return target


def identity(found: Course) -> str:
    """The course's title as a part of an identifier."""
    return re.sub(r"[^\w-]+", "-", found.title).strip("-") or "course"


def structure(found: Course) -> str:
    """cmi5's course structure: every lesson is an assignable unit."""
    own = f"urn:tidegraph:course:{quote(identity(found))}"
    units = "\n".join(
        UNIT.format(
            id=f"{own}:{quote(one.name)}",
            move_on="CompletedOrPassed" if one.questions else "Completed",
            mastery=f' masteryScore="{found.mastery:g}"' if one.questions else "",
            language=escape(found.language),
            title=escape(one.title),
            url=f"{quote(one.name)}.html",
        )
        for one in found.lessons
    )
    return STRUCTURE.format(id=own, language=escape(found.language), title=escape(found.title), units=units)


def manifest(found: Course, out: Path, files: Sequence[Path], version: str) -> str:
    """SCORM's manifest: every lesson is a SCO, with the files that all of them share."""
    template, kind = MANIFESTS[version]
    items = "\n".join(
        f'    <item identifier="item-{n}" identifierref="lesson-{n}"><title>{escape(one.title)}</title></item>'
        for n, one in enumerate(found.lessons, 1)
    )
    shared = "".join(f'<file href="{escape(file.relative_to(out).as_posix())}"/>' for file in files)
    resources = "\n".join(
        f'    <resource identifier="lesson-{n}" type="webcontent" {kind}="sco" href="{escape(one.name)}.html">'
        f'<file href="{escape(one.name)}.html"/><dependency identifierref="shared"/></resource>'
        for n, one in enumerate(found.lessons, 1)
    )
    resources += f'\n    <resource identifier="shared" type="webcontent" {kind}="asset">{shared}</resource>'
    return template.format(
        id=escape(f"tidegraph-{identity(found)}"), title=escape(found.title), items=items, resources=resources
    )


def printed(found: Course, out: Path) -> Path:
    """All lessons as a PDF, printed by Chromium: handouts with a figure for each caption."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise LessonError("--pdf needs Chromium or Chrome, which prints the course: install it, or print the pages")
    body = "\n".join(f"<article>{one.body}</article>" for one in found.lessons)
    # On paper nothing plays: pictures and captions stand in the page already.
    still = re.sub(r'<script type="application/json">.*?</script>', "", body, flags=re.DOTALL)
    text = re.sub(r"<script defer src=\"[^\"]*site\.js\"></script>", "", document(found, found.title, still, 0))
    source, target = out / "print.html", out.parent / f"{out.name}.pdf"
    source.write_text(text, encoding="utf-8")
    command = [
        browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", "--virtual-time-budget=10000",
        f"--print-to-pdf={target.resolve()}", source.resolve().as_uri(),
    ]  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PDF_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise LessonError("Chromium took too long to print the course") from None
    finally:
        source.unlink(missing_ok=True)
    if done.returncode != 0 or not target.is_file():
        raise LessonError(f"Chromium could not print the course: {done.stderr.strip()[-300:]}")
    return target
