"""Mutation testing, bounded: changes one expression of a source at a time, and counts the changes that tests notice.

    python -m tests.mutation                        # every target, a sample of each
    python -m tests.mutation engine/autodiff --most 40 --seed 1

A mutant that no test notices survives; each is printed with its line. The sources are changed in a copy.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import shutil
import signal
import sys
import tempfile
import traceback
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
TARGETS = {
    "engine/autodiff": [
        "tests/engine/autodiff/test_simplify.py",
        "tests/engine/autodiff/test_forward.py",
        "tests/engine/autodiff/test_derivatives.py",
    ],
    "engine/ops/declare.py": ["tests/engine/ops/test_declare.py", "tests/engine/ops/test_custom.py"],
    "app/api/quotas.py": ["tests/app/api/test_quotas.py"],
}
COMPARED = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
            ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is}  # fmt: skip
CALCULATED = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
              ast.Mod: ast.Add, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr}  # fmt: skip
SECONDS = 120


def mutants(source: str) -> Iterator[tuple[int, str, str]]:
    """Line, description and text of every mutant of a source."""
    count = len(list(changes(ast.parse(source))))
    for number in range(count):
        tree = ast.parse(source)
        for index, (node, what, change) in enumerate(changes(tree)):
            if index == number:
                change()
                yield node.lineno, what, ast.unparse(ast.fix_missing_locations(tree))
                break


def changes(tree: ast.Module) -> Iterator[tuple[ast.expr | ast.stmt, str, object]]:
    """Every place that can be changed, and the function that changes it. Annotations and docstrings are left alone."""
    skipped = {id(n) for node in ast.walk(tree) for part in annotations(node) for n in ast.walk(part)}
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        match node:
            case ast.Compare(ops=[op]) if type(op) in COMPARED:
                new = COMPARED[type(op)]
                yield node, f"{type(op).__name__} -> {new.__name__}", lambda n=node, o=new: setattr(n, "ops", [o()])
            case ast.BinOp(op=op) if type(op) in CALCULATED:
                new = CALCULATED[type(op)]
                yield node, f"{type(op).__name__} -> {new.__name__}", lambda n=node, o=new: setattr(n, "op", o())
            case ast.BoolOp(op=op):
                new = ast.And if isinstance(op, ast.Or) else ast.Or
                yield node, f"{type(op).__name__} -> {new.__name__}", lambda n=node, o=new: setattr(n, "op", o())
            case ast.UnaryOp(op=ast.Not()):
                yield node, "not removed", lambda n=node: setattr(n, "op", ast.UAdd()) or forget_not(n)
            case ast.Constant(value=bool() as value):
                yield node, f"{value} -> {not value}", lambda n=node, v=value: setattr(n, "value", not v)
            case ast.Constant(value=int() | float() as value):
                yield node, f"{value} -> {value + 1}", lambda n=node, v=value: setattr(n, "value", v + 1)
            case ast.If():
                yield node, "condition is true", lambda n=node: setattr(n, "test", ast.Constant(True))
                yield node, "condition is false", lambda n=node: setattr(n, "test", ast.Constant(False))
            case ast.Return(value=value) if value is not None and not isinstance(value, ast.Constant):
                yield node, "returns None", lambda n=node: setattr(n, "value", ast.Constant(None))


def forget_not(node: ast.UnaryOp) -> None:
    """`not x` becomes `bool(x)`."""
    node.op = ast.Not()
    node.operand = ast.UnaryOp(ast.Not(), node.operand)


def annotations(node: ast.AST) -> Iterator[ast.AST]:
    """What is not executed for its value."""
    for name in ("annotation", "returns"):
        part = getattr(node, name, None)
        if part is not None:
            yield part
    body = getattr(node, "body", None)
    if isinstance(body, list) and body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        yield body[0]


def noticed(folder: Path, tests: list[str]) -> bool:
    """Whether a test fails, in a process of its own."""
    child = os.fork()
    if child == 0:
        os.setsid()
        os.chdir(folder)
        sys.path.insert(0, str(folder))
        sys.dont_write_bytecode = True
        if not os.environ.get("MUTATION_OUTPUT"):
            with open(os.devnull, "w") as nowhere:
                os.dup2(nowhere.fileno(), 1)
                os.dup2(nowhere.fileno(), 2)
        status = 1
        try:
            import pytest

            status = int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "--assert=plain", *tests]))
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(status)
    signal.signal(signal.SIGALRM, lambda *_: os.killpg(child, signal.SIGKILL))
    signal.alarm(SECONDS)
    _, status = os.waitpid(child, 0)
    signal.alarm(0)
    return status != 0


def copy_of_the_sources() -> Path:
    """The repository without what is installed or built, in a temporary folder."""
    folder = Path(tempfile.mkdtemp(prefix="mutation-"))
    for name in ("app", "engine", "tests", "tidegraph"):
        shutil.copytree(ROOT / name, folder / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("static", "templates", "docs", "pyproject.toml", "README.md"):
        (folder / name).symlink_to(ROOT / name)
    return folder


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("targets", nargs="*", default=[])
    parser.add_argument("--most", type=int, default=60, help="mutants of each target; 0 for all")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    # Libraries that every child needs, but none of the sources.
    for library in ("numpy", "pytest", "hypothesis", "fluent.runtime", "torch", "fastapi"):
        try:
            __import__(library)
        except ImportError:
            print(f"without {library}")
    folder = copy_of_the_sources()
    total = killed = 0
    try:
        for target in options.targets or TARGETS:
            files = sorted((folder / target).glob("*.py")) if (folder / target).is_dir() else [folder / target]
            tests = TARGETS[target]
            if noticed(folder, tests):
                raise SystemExit(f"{target}: its tests fail without any mutation")
            found = [(path, *mutant) for path in files for mutant in mutants(path.read_text(encoding="utf-8"))]
            random.Random(options.seed).shuffle(found)
            chosen = found[: options.most or None]
            alive = 0
            for path, line, what, text in chosen:
                original = path.read_text(encoding="utf-8")
                path.write_text(text, encoding="utf-8")
                survived = not noticed(folder, tests)
                path.write_text(original, encoding="utf-8")
                if survived:
                    alive += 1
                    print(f"survived {path.relative_to(folder)}:{line}: {what}", flush=True)
            total, killed = total + len(chosen), killed + len(chosen) - alive
            print(f"{target}: {len(chosen) - alive} of {len(chosen)} killed, out of {len(found)}", flush=True)
    finally:
        shutil.rmtree(folder)
    print(f"{killed} of {total} mutants killed ({100 * killed / max(total, 1):.0f} %)")


if __name__ == "__main__":
    main()
