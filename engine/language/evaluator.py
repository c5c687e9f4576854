"""What `signs` and `subscripts` need of the evaluator of expressions, which is above them and calls them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from tidegraph.engine.graph import Fix, ProgramError, TidegraphError
from tidegraph.engine.messages.catalogue import Message


class Evaluator(Protocol):
    """The values of expressions, and errors at their places; see `ExpressionEvaluator`."""

    lines: list[str]

    def find(self, name: str) -> Any: ...

    def expression(self, node: ast.expr) -> Any: ...

    def operand(self, value: Any, node: ast.AST | None = None) -> Any: ...

    def call(
        self,
        node: ast.expr,
        name: str,
        operands: list[Any],
        attributes: dict[str, Any],
        texts: Sequence[ast.expr] | None = None,
    ) -> Any: ...

    def numeric(self, value: Any) -> bool: ...

    def known(self, node: ast.expr, what: str = "a size") -> Any: ...

    def known_result(
        self, node: ast.expr, compute: Callable[..., Any], apply: Callable[..., Any], *operands: Any
    ) -> Any: ...

    def static(self, value: Any, node: ast.AST | None = None) -> Any: ...

    def checked(self, node: ast.AST, value: Any) -> Any: ...

    def place(self, node: ast.AST, end: bool = False) -> tuple[int, int]: ...

    def replace(self, node: ast.AST, text: str) -> Fix: ...

    def warn(self, node: ast.AST, code: str, **parameters: Any) -> None: ...

    def error(
        self, node: ast.AST, code: str, hint: str | Message | None = None, *, fix: Fix | None = None, **parameters: Any
    ) -> ProgramError: ...

    def at(
        self, node: ast.AST, error: TidegraphError, context: Message | None = None, hint: Message | None = None
    ) -> ProgramError: ...
