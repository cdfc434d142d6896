"""Finds every name in a Python source, and what it stands for there: by tokens, so that f-strings count too."""

import ast
import io
import keyword
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

_WORD = re.compile(r"[^\W\d]\w*")
_QUOTES = re.compile(r"^[A-Za-z]*('''|\"\"\"|'|\")")
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_EXACT = re.compile(r"^[A-Za-z]*(?:'''|\"\"\"|'|\")([^\W\d]\w*)(?:'''|\"\"\"|'|\")$")


class Role(StrEnum):
    """What a name does where it stands."""

    NAME = "name"  # a variable, a parameter, a class, a function, an import
    ATTRIBUTE = "attribute"  # after a dot
    KEYWORD = "keyword"  # in a call
    MEMBER = "member"  # a field or method, where its class says it
    MODULE = "module"  # a part of a dotted path in an import
    STRING = "string"  # a string that is nothing but the name


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A name where it stands; ``start`` and ``end`` are offsets into the text.

    ``owner``: the class of a member. ``within``: first and last line of the function that binds the name; None for what
    the module binds or imports.
    """

    name: str
    role: Role
    start: int
    end: int
    line: int
    owner: str = ""
    within: tuple[int, int] | None = None


class _Bindings(ast.NodeVisitor):
    """Names that one function binds itself, nested functions left out."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.outside: set[str] = set()

    def visit_Name(self, node: ast.Name) -> None:
        if not isinstance(node.ctx, ast.Load):
            self.names.add(node.id)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name:
            self.names.add(node.name)
        self.generic_visit(node)

    def visit_Global(self, node: ast.Global) -> None:
        self.outside.update(node.names)

    def visit_MatchAs(self, node: ast.MatchAs) -> None:
        if node.name:
            self.names.add(node.name)
        self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.names.add(node.name)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self.names.add(node.name)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.names.add(node.name)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        """Its names are its own."""


def bound_by(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> frozenset[str]:
    """Parameters and everything that the body assigns."""
    given = node.args
    every = (*given.posonlyargs, *given.args, *given.kwonlyargs, *filter(None, (given.vararg, given.kwarg)))
    found = _Bindings()
    for one in node.body if isinstance(node.body, list) else [node.body]:
        found.visit(one)
    return frozenset({one.arg for one in every} | found.names) - found.outside


@dataclass(frozen=True, slots=True)
class _Map:
    """What the tree says by place. Places are (line, column in characters)."""

    keywords: frozenset[tuple[int, int]]
    members: dict[tuple[int, int], str]  # place of the first token of a definition in a class → its class
    methods: dict[tuple[int, int], str]  # place of ``def`` or ``class`` in a class → its class
    functions: tuple[tuple[tuple[int, int], tuple[int, int], frozenset[str]], ...]  # begin, end, what they bind
    imports: frozenset[int]  # lines of import statements


def _map(tree: ast.Module, lines: list[str]) -> _Map:
    def place(line: int, octets: int) -> tuple[int, int]:
        return line, len(lines[line - 1].encode()[:octets].decode())

    keywords, members, methods, functions = set(), {}, {}, []
    imports: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg:
            keywords.add(place(node.lineno, node.col_offset))
        elif isinstance(node, ast.ClassDef):
            for one in node.body:
                if isinstance(one, ast.AnnAssign | ast.Assign):
                    for target in one.targets if isinstance(one, ast.Assign) else [one.target]:
                        members[place(target.lineno, target.col_offset)] = node.name
                elif isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                    methods[place(one.lineno, one.col_offset)] = node.name
        elif isinstance(node, _SCOPES):
            end = (node.end_lineno or node.lineno, node.end_col_offset or 0)
            functions.append(((node.lineno, node.col_offset), end, bound_by(node)))
        elif isinstance(node, ast.Import | ast.ImportFrom):
            imports.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return _Map(frozenset(keywords), members, methods, tuple(functions), frozenset(imports))


def fields_of(literal: str) -> Iterator[tuple[int, str]]:
    """Expressions in a format string's braces, with their offsets; those inside a format specification, too."""
    opening = _QUOTES.match(literal)
    at, depth, start = opening.end() if opening else 0, 0, 0
    while at < len(literal):
        here = literal[at]
        if here in "{}" and not depth and literal[at : at + 2] in {"{{", "}}"}:
            at += 2
            continue
        if here == "{":
            depth += 1
            start = at + 1 if depth == 1 else start
        elif here == "}" and depth:
            depth -= 1
            if not depth:
                yield start, literal[start:at]
        at += 1


def _inner(expression: str) -> Iterator[tuple[int, str, str, str]]:
    """Words outside of quotes, with what stands before and behind them."""
    quote = ""
    at = 0
    while at < len(expression):
        here = expression[at]
        if quote:
            quote = "" if here == quote else quote
            at += 1
        elif here in "'\"":
            quote, at = here, at + 1
        elif found := _WORD.match(expression, at):
            before = expression[:at].rstrip()[-1:]
            yield at, found[0], before, expression[found.end() :].lstrip()[:2]
            at = found.end()
        else:
            at += 1


class _Reader:
    """Goes through one source."""

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines(keepends=True)
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line))
        self._map = _map(ast.parse(text), self._lines)
        self._tokens = [
            one
            for one in tokenize.generate_tokens(io.StringIO(text).readline)
            if one.type not in {tokenize.NL, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT}
        ]

    def read(self) -> Iterator[Occurrence]:
        previous, importing, is_cast = "", "", False
        class_of_next = ""
        for token in self._tokens:
            if token.type == tokenize.NEWLINE:
                importing = ""
            if token.type == tokenize.NAME:
                if (
                    token.string in {"import", "from"}
                    and token.start[0] in self._map.imports
                    and not (importing == "from" and token.string == "from")
                ):
                    importing = token.string
                class_of_next = self._map.methods.get(token.start, class_of_next)
                if not keyword.iskeyword(token.string):
                    yield self._name(token, previous, importing, class_of_next)
                    class_of_next = ""
            elif token.type == tokenize.STRING:
                yield from self._quoted_type(token) if is_cast else self._string(token)
            is_cast = previous == "cast" and token.string == "("
            previous = token.string

    def _name(self, token: tokenize.TokenInfo, previous: str, importing: str, method_of: str) -> Occurrence:
        role, owner = Role.NAME, ""
        if importing == "from" or (importing == "import" and previous == "."):
            role = Role.MODULE
        elif previous == ".":
            role = Role.ATTRIBUTE
        elif token.start in self._map.keywords:
            role = Role.KEYWORD
        elif previous in {"def", "class"} and method_of:
            role, owner = Role.MEMBER, method_of
        elif token.start in self._map.members:
            role, owner = Role.MEMBER, self._map.members[token.start]
        start = self._starts[token.start[0] - 1] + token.start[1]
        within = self._binder(token.string, token.start, previous) if role is Role.NAME else None
        return Occurrence(token.string, role, start, start + len(token.string), token.start[0], owner, within)

    def _binder(self, name: str, place: tuple[int, int], previous: str) -> tuple[int, int] | None:
        """The innermost function around ``place`` that binds ``name``; its own name belongs to what is around it."""
        found = None
        for start, end, names in self._map.functions:
            first = start[0] + (previous in {"def", "class"})
            if name in names and first <= place[0] and start <= place <= end and (not found or start > found[0]):
                found = (start, end)
        return (found[0][0], found[1][0]) if found else None

    def _string(self, token: tokenize.TokenInfo) -> Iterator[Occurrence]:
        start = self._starts[token.start[0] - 1] + token.start[1]
        prefix = token.string[: token.string.index(token.string.lstrip("rRbBuUfF")[0])].lower()
        if "f" in prefix:
            yield from self._fields(token, start)
        elif found := _EXACT.match(token.string):
            yield Occurrence(found[1], Role.STRING, start + found.start(1), start + found.end(1), token.start[0])

    def _quoted_type(self, token: tokenize.TokenInfo) -> Iterator[Occurrence]:
        """``cast("Reply", value)``: its first argument is code."""
        start = self._starts[token.start[0] - 1] + token.start[1]
        for found in _WORD.finditer(token.string):
            role = Role.ATTRIBUTE if token.string[: found.start()].endswith(".") else Role.NAME
            yield Occurrence(found[0], role, start + found.start(), start + found.end(), token.start[0])

    def _fields(self, token: tokenize.TokenInfo, start: int) -> Iterator[Occurrence]:
        for offset, expression in fields_of(token.string):
            for at, word, before, behind in _inner(expression):
                if keyword.iskeyword(word) or before == "!":
                    continue
                role = Role.NAME
                if before == ".":
                    role = Role.ATTRIBUTE
                elif behind[:1] == "=" and behind != "==" and before in {"(", ","}:
                    role = Role.KEYWORD
                begin = start + offset + at
                line = token.start[0] + token.string[: offset + at].count("\n")
                within = self._binder(word, token.start, "") if role is Role.NAME else None
                yield Occurrence(word, role, begin, begin + len(word), line, within=within)


def names_in(text: str) -> tuple[Occurrence, ...]:
    """All names of a Python source, in order. Raises SyntaxError."""
    return tuple(_Reader(text).read())
