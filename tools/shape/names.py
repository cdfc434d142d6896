"""What stands in the modules: functions with their length, methods that only forward, classes, words of names."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

Function = ast.FunctionDef | ast.AsyncFunctionDef

_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


@dataclass(frozen=True, slots=True, order=True)
class Long:
    """A function from its ``def`` to its end, docstring and all."""

    lines: int
    place: str


def functions(path: str, nodes: Sequence[ast.AST]) -> Iterator[Long]:
    """Every one, methods and those within others, too."""
    for node in nodes:
        if isinstance(node, Function):
            yield Long((node.end_lineno or node.lineno) - node.lineno + 1, f"{path}::{node.name}")


def classes(tree: ast.Module) -> Iterator[str]:
    """Names of classes at the top of a module; one within another is named by it."""
    return (node.name for node in tree.body if isinstance(node, ast.ClassDef))


def words(nodes: Sequence[ast.AST]) -> Iterator[str]:
    """The words, in small letters, that names are made of where they are given: ``told_at`` is told and at."""
    for node in nodes:
        for name in _given(node):
            yield from (word.lower() for word in _WORD.findall(name))


def _given(node: ast.AST) -> tuple[str, ...]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return (name,)
        case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
            return (name,)
    return ()


# --- forwards -------------------------------------------------------------------------------------------------------


def forwards(path: str, nodes: Sequence[ast.AST]) -> Iterator[str]:
    """Methods that do no more than to call something of ``self`` with all that they were given, and nothing else.

    A function by its name may be handed over beside (``return await self.read(rows.find, number)``).
    """
    for owner in nodes:
        if isinstance(owner, ast.ClassDef):
            yield from (
                f"{path}::{owner.name}.{node.name}"
                for node in owner.body
                if isinstance(node, Function) and _only_forwards(node)
            )


def _only_forwards(method: Function) -> bool:
    arguments = method.args
    given = [one.arg for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    called = _call_of(method)
    if called is None or given[:1] != ["self"] or arguments.vararg or arguments.kwarg or not _is_of_self(called.func):
        return False
    handed = [*called.args, *(keyword.value for keyword in called.keywords)]
    names = [one.id for one in handed if isinstance(one, ast.Name) and one.id in given]
    rest = [one for one in handed if not (isinstance(one, ast.Name) and one.id in given)]
    return sorted(names) == sorted(given[1:]) and all(_is_name(one) for one in rest)


def _call_of(method: Function) -> ast.Call | None:
    """The call that is the whole body, below the docstring."""
    body = method.body[1:] if ast.get_docstring(method) is not None else method.body
    if len(body) != 1 or not isinstance(body[0], ast.Return | ast.Expr):
        return None
    value = body[0].value
    value = value.value if isinstance(value, ast.Await) else value
    return value if isinstance(value, ast.Call) else None


def _is_of_self(called: ast.expr) -> bool:
    return isinstance(called, ast.Attribute) and _root(called) == "self"


def _is_name(value: ast.expr) -> bool:
    return _root(value) not in {None, "self"}


def _root(value: ast.expr) -> str | None:
    while isinstance(value, ast.Attribute):
        value = value.value
    return value.id if isinstance(value, ast.Name) else None
