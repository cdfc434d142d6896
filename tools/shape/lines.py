"""Lines of Python by what they hold. A line counts once: code before docstring before comment before blank."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

_NO_CODE: Final = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
    tokenize.ENCODING,
}


@dataclass(frozen=True, slots=True)
class Lines:
    """How many there are of each."""

    code: int = 0
    docstring: int = 0
    comment: int = 0
    blank: int = 0

    @property
    def total(self) -> int:
        return self.code + self.docstring + self.comment + self.blank

    def __add__(self, other: Self) -> Lines:
        return Lines(
            self.code + other.code,
            self.docstring + other.docstring,
            self.comment + other.comment,
            self.blank + other.blank,
        )


def lines_of(source: bytes, nodes: Sequence[ast.AST]) -> Lines:
    """Of one module. ``nodes``: everything in ``source``, parsed."""
    docstrings = _docstrings(nodes)
    code: set[int] = set()
    comments: set[int] = set()
    for token in tokenize.tokenize(io.BytesIO(source).readline):
        span = range(token.start[0], token.end[0] + 1)
        if token.type == tokenize.COMMENT:
            comments.add(token.start[0])
        elif token.type not in _NO_CODE and not (token.type == tokenize.STRING and token.start[0] in docstrings):
            code.update(span)
    words = docstrings - code
    notes = comments - code - words
    return Lines(len(code), len(words), len(notes), len(source.splitlines()) - len(code | words | notes))


def _docstrings(nodes: Sequence[ast.AST]) -> set[int]:
    """Lines of every string that stands as a statement: under a def or class, and under a constant, too."""
    return {
        line
        for node in nodes
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
