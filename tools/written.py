"""The tests that are written in a tree, by reading it: ``file::function``, or ``file::Class::function``.

Parameters are left out. A class that hypothesis makes of a state machine (``TestX = Machine.TestCase``) has the one
test ``runTest``. What pytest collects is the same list; reading takes a second where collecting takes twenty.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path


def written_ids(root: Path) -> frozenset[str]:
    """Ids of every test in ``root/tests``, with paths relative to ``root``."""
    return frozenset(
        f"{path.relative_to(root).as_posix()}::{name}"
        for path in sorted((root / "tests").rglob("test_*.py"))
        for name in _names(ast.parse(path.read_bytes()).body)
    )


def _names(body: list[ast.stmt], prefix: str = "") -> Iterator[str]:
    for node in body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) if name.startswith("test"):
                yield prefix + name
            case ast.ClassDef(name=name, body=inner) if name.startswith("Test"):
                yield from _names(inner, f"{prefix}{name}::")
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Attribute(attr="TestCase")):
                yield f"{prefix}{name}::runTest"
            case _:
                pass
