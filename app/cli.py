"""The `tidegraph` command."""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import sys
import webbrowser
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from errno import EISDIR
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Timer
from typing import Any
from urllib.parse import urlencode

import numpy as np
import uvicorn
from pydantic import ValidationError
from pydantic_settings import SettingsError

from tidegraph.app import examples
from tidegraph.app.api import code, models, runs
from tidegraph.app.api.arrays import encode, safetensors
from tidegraph.app.api.links import deflated
from tidegraph.app.api.schemas.code import CodeRequest
from tidegraph.app.api.schemas.runs import TraceRequest
from tidegraph.app.http import codec
from tidegraph.app.http.problems import Problem
from tidegraph.app.http.protocol import Protocol
from tidegraph.app.http.server import Server, Supervisor
from tidegraph.app.http.telemetry import SHARED
from tidegraph.app.integrations import assigning, export, grading, lessons, questions
from tidegraph.app.main import create_app
from tidegraph.app.settings import Settings, faults_of, misspelled, not_installed
from tidegraph.engine.exchange import diagrams, onnx_writer
from tidegraph.engine.exchange.code import INLINE, TARGETS, notebook
from tidegraph.engine.graph import Graph, ProgramError, TidegraphError
from tidegraph.engine.messages.catalogue import languages, speaking
from tidegraph.engine.models.files import read_beside
from tidegraph.engine.models.model import Model
from tidegraph.engine.teaching.assignment import read_assignment
from tidegraph.engine.trace.svg import Show
from tidegraph.version import __version__

STANDARD = Path("-")
"""Where a file is named so, what comes in or goes out."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve the page and the API until interrupted, or write one run to a file."""
    settings = checked()
    options = parser(settings).parse_args(arguments)
    with suppress_interrupt():
        run(options, settings)


@contextmanager
def suppress_interrupt() -> Iterator[None]:
    """Ctrl+C ends the command without a traceback, as a shell expects it."""
    try:
        yield
    except KeyboardInterrupt:
        raise SystemExit(130) from None


def run(options: argparse.Namespace, settings: Settings) -> None:
    """Do what the command line asks for."""
    if options.command == "export":
        write(options, settings)
    elif options.command == "import":
        convert(options)
    elif options.command == "course":
        build(options)
    elif options.command == "grade":
        grade(options)
    elif options.command == "assign":
        assign(options)
    elif options.command == "open":
        show(options, settings)
    else:
        serve(options)


def checked() -> Settings:
    """The settings of the environment; what is wrong with them ends the command."""
    try:
        settings = Settings()
        faults = misspelled(os.environ) + not_installed(settings)
    except ValidationError as error:
        faults = faults_of(error)
    except SettingsError as error:
        faults = [str(error)]
    if faults:
        raise SystemExit(f"tidegraph: {'; '.join(faults)}")
    return settings


def write(options: argparse.Namespace, settings: Settings) -> None:
    """Write the file that `tidegraph export` is asked for."""
    try:
        output = output_of(options)
        form = options.format or ("html" if output == STANDARD else output.suffix.removeprefix("."))
        if form not in FORMATS:
            raise SystemExit(f"tidegraph: {output} could be {', '.join(FORMATS)}; say which by --format")
        model = model_of(options)
        warn(model.graph, options)
        asked = {"program": model.program, "target": options.target, "seed": options.seed}
        asked["values"] = values_of(model, options)
        if form in SOURCES:
            written = source(
                CodeRequest(**asked, to=options.to or "pytorch", backward=options.backward), settings, form, output
            )
        elif form in GRAPHS:
            program = runs.ready(TraceRequest(**asked), settings)
            written = GRAPHS[form](program.graph, program.values(), options)
        else:
            title = options.title or title_of(options.program)
            content: str | bytes
            if options.question:
                content = question_page(options, model, form, title)
            else:
                names = tuple(name for name in options.open.split(",") if name)
                show = Show(names, options.moment, options.digits or 3)
                more = {"digits": options.digits} if options.digits else {}
                with speaking(options.language):
                    how = {"show": show, "wrt": options.wrt, "width": options.width, "progress": progress}
                    content = export.write(TraceRequest(**asked, **more), settings, form, title, options.theme, **how)
            written = content if isinstance(content, bytes) else content.encode()
        if output == STANDARD:
            sys.stdout.buffer.write(written)
        else:
            output.write_bytes(written)
            print(output)
    except (OSError, ValueError, Problem, TidegraphError) as error:
        raise SystemExit(f"tidegraph: {words_of(error, options)}") from None


def build(options: argparse.Namespace) -> None:
    """Build a course from a folder of lessons."""
    out = options.output or options.folder / "_site"
    try:
        for path in lessons.build(options.folder, out, options.package, options.pdf):
            print(path)
    except (OSError, lessons.LessonError) as error:
        raise SystemExit(f"tidegraph: {error}") from None


def progress(done: int, total: int) -> None:
    """How far long work is, on the terminal."""
    end = "\n" if done == total else ""
    print(f"\rframe {done} of {total}", end=end, file=sys.stderr, flush=True)


def grade(options: argparse.Namespace) -> None:
    """Write the results of a folder of submissions, or what is handed out."""
    try:
        if options.assignment.suffix == ".md":
            assignment = lessons.assignment(options.assignment)
        else:
            assignment = read_assignment(read(options.assignment).decode())
        if options.handout:
            print(assignment.handout, end="")
            return
        if options.submissions is None or not options.submissions.is_dir():
            raise SystemExit(
                "tidegraph: grade needs a folder of submissions: tidegraph grade assignment.txt submissions/"
            )
        key = read(options.key).strip() if options.key else None
        if options.run_python:
            print(grading.WARNING, file=sys.stderr)
        written = grading.table(assignment, options.submissions, grading.Options(options.run_python, key))
        if options.output in (None, STANDARD):
            print(written, end="")
        else:
            options.output.write_text(written, encoding="utf-8-sig")
            print(options.output)
    except lessons.LessonError as error:
        raise SystemExit(f"tidegraph: {error}") from None
    except (OSError, ValueError, TidegraphError) as error:
        options.program = options.assignment
        raise SystemExit(f"tidegraph: {words_of(error, options)}") from None


def assign(options: argparse.Namespace) -> None:
    """Write an assignment as links: one for everyone, or one for each learner."""
    try:
        assignment = read_assignment(read(options.assignment).decode())
        learners = [*options.learner, *(assigning.roster(options.learners) if options.learners else [])]
        key, made = assigning.key_in(options.key)
        if made:
            print(f"{options.key}: a new key; keep it secret, tidegraph grade --key needs it", file=sys.stderr)
        links = [
            (learner, assigning.link(assignment, key, options.server, learner, options.title or ""))
            for learner in learners or [""]
        ]
        if options.output in (None, STANDARD):
            print("\n".join(f"{learner}\t{link}" if learner else link for learner, link in links))
        else:
            out = io.StringIO()
            csv.writer(out, lineterminator="\n").writerows(
                [("learner", "link"), *((grading.safe(learner), link) for learner, link in links)]
            )
            options.output.write_text(out.getvalue(), encoding="utf-8-sig")
            print(options.output)
    except (OSError, ValueError, TidegraphError) as error:
        options.program = options.assignment
        raise SystemExit(f"tidegraph: {words_of(error, options)}") from None


def question_page(options: argparse.Namespace, model: Model, form: str, title: str) -> str:
    """A question on the program, as a page."""
    if form != "html":
        raise SystemExit(f"tidegraph: a question is a page: --question writes .html, not .{form}")
    return questions.page(model.program, read(options.question).decode(), title)


def convert(options: argparse.Namespace) -> None:
    """Write the model in a file as a `.tide` file, and say what was left out."""
    options.program = options.file
    try:
        print(f"{options.file}: reading", file=sys.stderr)
        model = read_beside(options.file, sizes_of(options.size))
        output = options.output or options.file.with_suffix(".tide")
        model.save(output)
        warn(model.graph, options)
    except (OSError, TidegraphError) as error:
        raise SystemExit(f"tidegraph: {words_of(error, options)}") from None
    for note in model.notes:
        print(f"note: {note}", file=sys.stderr)
    numbers = sum(value.size for value in model.values.values())
    print(f"{output}: {len(model.graph.operators)} operators, {numbers:,} numbers", file=sys.stderr)


def warn(graph: Graph, options: argparse.Namespace) -> None:
    """Print what a program may mean otherwise than its author thinks, by line."""
    for warning in graph.warnings:
        print(f"{options.program}:{warning.line}: warning: {warning.message.text()}", file=sys.stderr)


def show(options: argparse.Namespace, settings: Settings) -> None:
    """Serve the page, and open it in the browser with the model in a file."""
    options.program = options.file
    try:
        example = examples.load().get(str(options.file)) if not options.file.exists() else None
        model = Model(example.program) if example else read_beside(options.file, sizes_of(options.size))
        warn(model.graph, options)
        opened = fragment(model, settings)
    except (OSError, Problem, TidegraphError) as error:
        raise SystemExit(f"tidegraph: {words_of(error, options)}") from None
    for note in model.notes:
        print(f"note: {note}", file=sys.stderr)
    address = f"http://{options.host}:{options.port}{options.root_path}/#{opened}"
    print(address if len(address) < 4000 else f"{address[:200]}...", file=sys.stderr)
    if not options.no_browser:
        opening = Timer(1.0, webbrowser.open, [address])
        opening.daemon = True
        opening.start()
    serve(options)


def fragment(model: Model, settings: Settings) -> str:
    """The part of an address that opens the page with a model; large values are stored, and scopes closed at first."""
    values, weights = models.apart(model, settings)
    parts = {"program": deflated(model.program), "open": ""}
    if values:
        parts["values"] = deflated(codec.dumps({name: encode(value) for name, value in values.items()}))
    if weights:
        parts["weights"] = weights
    if model.dtype != "float64":
        parts["dtype"] = model.dtype
    return urlencode(parts)


def sizes_of(texts: Sequence[str]) -> dict[str, int]:
    """Sizes of open dimensions, as `--size NAME=NUMBER` gives them."""
    found = {}
    for text in texts:
        name, _, number = text.rpartition("=")
        if not name or not number.isdigit():
            raise SystemExit(f"tidegraph: --size {text}: write NAME=NUMBER, such as batch=4")
        found[name] = int(number)
    return found


SOURCES = ("py", "ipynb")
GRAPHS: dict[str, Callable[[Graph, dict[str, np.ndarray], argparse.Namespace], bytes]] = {
    "onnx": lambda graph, values, options: onnx_writer.write(
        graph, values, options.target, backward=bool(options.backward)
    ),
    "dot": lambda graph, values, options: diagrams.dot(graph).encode(),
    "mmd": lambda graph, values, options: diagrams.mermaid(graph).encode(),
}
FORMATS = (*export.MEDIA_TYPES, "pdf", *export.FILMS, *SOURCES, *GRAPHS)


def source(request: CodeRequest, settings: Settings, form: str, output: Path) -> bytes:
    """A program as code or as a notebook; large values go into a safetensors file beside it."""
    weights = output.with_suffix(".safetensors")
    inline = code.INLINE if output == STANDARD else INLINE
    text = code.source(request, settings, inline, weights.name)
    if output != STANDARD and weights.name in text:
        values = runs.ready(request, settings).values()
        weights.write_bytes(safetensors({name: np.asarray(array, np.float64) for name, array in values.items()}, {}))
        print(weights)
    return json.dumps(notebook(text), indent=1).encode() if form == "ipynb" else text.encode()


def model_of(options: argparse.Namespace) -> Model:
    """The program and its values: of a file, of an example by its name, or of what comes in."""
    file: Path = options.program
    if file == STANDARD:
        return Model(read(file).decode())
    if not file.exists() and (example := examples.load().get(str(file))):
        return Model(example.program)
    return read_beside(file) if file.suffix.lower() in MODELS else Model(read(file).decode())


MODELS = (".tide", ".onnx", ".safetensors", ".keras", ".ipynb")


def values_of(model: Model, options: argparse.Namespace) -> dict[str, Any]:
    """The values that a model brings, and those of the file that is named."""
    given = json.loads(read(options.values)) if options.values else {}
    return {**{name: array.tolist() for name, array in model.values.items()}, **given}


def output_of(options: argparse.Namespace) -> Path:
    """The file to write: beside the program where none is named, and where the program comes in, out again."""
    named: Path | None = options.output
    beside: Path = options.program
    if named is not None or beside == STANDARD:
        return named or STANDARD
    if beside.is_dir():
        raise IsADirectoryError(EISDIR, "this is a folder, not a program", str(beside))
    return beside.with_suffix(f".{options.format or ('py' if options.to else 'html')}")


def read(file: Path) -> bytes:
    """What a file holds, or what comes in."""
    return sys.stdin.buffer.read() if file == STANDARD else file.read_bytes()


def title_of(program: Path) -> str:
    """What a page is called after its program."""
    return "Tidegraph" if program == STANDARD else program.stem


def words_of(error: Exception, options: argparse.Namespace) -> str:
    """What is wrong, and where."""
    match error:
        case ProgramError():
            words = f"{options.program}:{error.line}:{error.column}: {error.message}"
            return f"{words} ({error.hint})" if error.hint else words
        case TidegraphError():
            return f"{error.message} ({error.hint})" if error.hint else error.message
        case Problem():
            message, hint = error.error.message, error.error.hint
            return f"{message} ({hint})" if hint else message
        case ValidationError():
            faults = error.errors(include_url=False)
            return "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in faults)
        case json.JSONDecodeError():
            return f"{options.values} is not JSON: {error}"
        case UnicodeDecodeError():
            return f"{options.program} is not a text in UTF-8"
        case OSError():
            return f"{error.filename}: {error.strerror}"
    return str(error)


def serve(options: argparse.Namespace) -> None:
    """Serve until interrupted. Processes of their own read from the environment what the command line says."""
    for name in ("host", "port", "root_path", "workers"):
        os.environ[f"TIDEGRAPH_{name.upper()}"] = str(getattr(options, name))
    settings = checked()
    several = settings.workers > 1
    with TemporaryDirectory(prefix="tidegraph-") as folder:
        if several:
            os.environ.setdefault(SHARED, folder)
        config = uvicorn.Config(
            "tidegraph.app.main:create_app" if several else create_app(settings),
            factory=several,
            host=settings.host,
            port=settings.port,
            workers=settings.workers,
            **server(settings),
        )
        with suppress(KeyboardInterrupt):  # Ctrl+C stops the service; uvicorn raises it once all is closed
            if several:
                Supervisor(config, [config.bind_socket()]).run()
            else:
                Server(config).run()


def server(settings: Settings) -> dict[str, Any]:
    """How uvicorn serves: who logs, whose forwarding headers count, how long running requests have at the end."""
    return {
        "http": Protocol,
        "server_header": False,
        "access_log": False,
        "proxy_headers": True,
        "forwarded_allow_ips": settings.forwarded_allow_ips,
        "timeout_graceful_shutdown": settings.graceful_seconds,
        # A worker answers once it has imported everything, which takes long on a busy machine.
        "timeout_worker_healthcheck": 60,
        "log_config": log_config(settings.log_json),
    }


def log_config(as_json: bool) -> dict[str, Any]:
    """Logging for uvicorn and the service: one line a request, as text or as JSON."""
    text = {"()": "tidegraph.app.http.telemetry.TextFormatter", "format": "%(asctime)s %(levelname)-7s %(message)s"}
    style = {"()": "tidegraph.app.http.telemetry.JsonFormatter"} if as_json else text
    handler = {"class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stderr"}
    loggers = {name: {"handlers": ["out"], "level": "INFO", "propagate": False} for name in ("uvicorn", "tidegraph")}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": style},
        "handlers": {"out": handler},
        "loggers": loggers,
    }


def whole(text: str) -> int:
    """A whole number from 0."""
    if not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text} is not a whole number from 0")
    return int(text)


def positive(text: str) -> int:
    """A number of pixels."""
    if not text.isdigit() or not 1 <= int(text) <= 20_000:
        raise argparse.ArgumentTypeError(f"{text} is not a number of pixels from 1 to 20000")
    return int(text)


def parser(settings: Settings) -> argparse.ArgumentParser:
    """The command line's grammar, with `settings` as its defaults."""
    root = argparse.ArgumentParser(prog="tidegraph", description="A computational graph at work, in the browser.")
    root.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = root.add_subparsers(title="commands", dest="command", metavar="COMMAND", required=True)
    serve = commands.add_parser("serve", help="serve the page and the API")
    serve.add_argument("--host", default=settings.host, help="address to listen on (HOST, %(default)s)")
    serve.add_argument(
        "--port", type=int, default=settings.port, help="port to listen on, 0 for a free one (PORT, %(default)s)"
    )
    serve.add_argument(
        "--workers", type=int, default=settings.workers, help="processes that serve (TIDEGRAPH_WORKERS, %(default)s)"
    )
    serve.add_argument(
        "--root-path",
        default=settings.root_path,
        help="path that a proxy puts in front, such as /tide (TIDEGRAPH_ROOT_PATH)",
    )
    page = commands.add_parser("open", help="serve the page and open it with the model in a file")
    page.add_argument("file", type=Path, help="a program, a model's file, or the name of an example")
    page.add_argument(
        "--size", action="append", default=[], metavar="NAME=NUMBER", help="the size of an open dimension"
    )
    page.add_argument("--no-browser", action="store_true", help="print the address only")
    page.add_argument("--host", default=settings.host, help="address to listen on (%(default)s)")
    page.add_argument("--port", type=int, default=settings.port, help="port to listen on (%(default)s)")
    page.set_defaults(workers=1, root_path=settings.root_path)
    model = commands.add_parser("import", help="write the model in a file as a program with its values")
    model.add_argument("file", type=Path, help="an .onnx, .keras, .safetensors or .tide file, or a program")
    model.add_argument("-o", "--output", type=Path, help="the .tide file to write; beside FILE by default")
    model.add_argument(
        "--size", action="append", default=[], metavar="NAME=NUMBER", help="the size of an open dimension; repeatable"
    )
    texts = commands.add_parser("course", help="build a course from a folder of Markdown files")
    texts.add_argument("action", choices=("build",), help="build: write the site, and packages of it")
    texts.add_argument("folder", type=Path, help="lessons (*.md) with the fences tide-graph, tide-question, tide-tour")
    texts.add_argument("-o", "--output", type=Path, help="the folder of the site; FOLDER/_site by default")
    texts.add_argument(
        "--package",
        action="append",
        default=[],
        choices=list(lessons.PACKAGES),
        help="a package for an LMS; repeatable",
    )
    texts.add_argument("--pdf", action="store_true", help="print all lessons to a PDF, with Chromium or Chrome")
    marks = commands.add_parser("grade", help="write the results of a folder of submissions as CSV")
    marks.add_argument("assignment", type=Path, help="program (gaps between {{ and }}), then questions after --- lines")
    marks.add_argument("submissions", type=Path, nargs="?", help="a folder of .json, .tide, .txt and .py files")
    marks.add_argument("-o", "--output", type=Path, help="the CSV file to write; standard output by default")
    marks.add_argument("--key", type=Path, help="a file with the key that results must be signed with")
    marks.add_argument(
        "--run-python",
        action="store_true",
        help="run Python submissions, with limits, on this machine: see the warning",
    )
    marks.add_argument("--handout", action="store_true", help="print the program with its gaps")
    handed = commands.add_parser("assign", help="write an assignment as a link, whose results are signed")
    handed.add_argument("assignment", type=Path, help="program without gaps, then questions after --- lines")
    handed.add_argument("--key", type=Path, required=True, help="a file with your key; made where there is none")
    handed.add_argument("--server", required=True, metavar="URL", help="the Tidegraph server that shows the assignment")
    handed.add_argument(
        "--learner", action="append", default=[], metavar="NAME", help="a personal link for this learner; repeatable"
    )
    handed.add_argument("--learners", type=Path, help="a file of learners, one a line: a personal link for each")
    handed.add_argument("--title", help="the assignment's title")
    handed.add_argument("-o", "--output", type=Path, help="the CSV file of links to write; standard output by default")
    file = commands.add_parser("export", help="write a run to a file that needs no server")
    file.add_argument(
        "program",
        type=Path,
        help="a program, a model (.tide, .onnx, .keras, or .safetensors beside a program) or the name of an example; "
        "- reads a program from standard input",
    )
    file.add_argument(
        "-o", "--output", type=Path, help="file to write, - for standard output; beside the program by default"
    )
    file.add_argument("--format", choices=FORMATS, help="by default what the output's name says")
    file.add_argument("--to", choices=list(TARGETS), help="the framework of code in .py and .ipynb files")
    file.add_argument(
        "--backward",
        action=argparse.BooleanOptionalAction,
        help="write the backward pass out in code (by default for numpy), and into an ONNX model",
    )
    file.add_argument("--question", type=Path, help="a file with a question on the program, which the page asks")
    file.add_argument("--theme", choices=("light", "dark"), help="colours; of a picture light by default")
    file.add_argument("--moment", type=whole, help="steps that are done in a picture, or at which a page starts")
    file.add_argument("--language", choices=languages(), default="en", help="language of texts (%(default)s)")
    file.add_argument("--open", default="", metavar="IDS", help="scopes that are open, with commas between; or all")
    file.add_argument("--digits", type=int, choices=range(1, 18), metavar="1-17", help="significant digits of numbers")
    file.add_argument("--width", type=positive, help="width of a PNG in pixels")
    file.add_argument("--wrt", metavar="NAME", help="limit a derivation (.tex) to the paths from this variable")
    file.add_argument("--title", help="title of the page; the program's name by default")
    file.add_argument("--values", type=Path, help="a JSON file of values by name; the rest are drawn from the seed")
    file.add_argument("--target", help="the scalar to differentiate; the last one assigned by default")
    file.add_argument("--seed", type=int, default=0, help="seed of the values that are drawn (%(default)s)")
    return root
