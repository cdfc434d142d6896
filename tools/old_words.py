"""Looks for words that the vocabulary no longer has: ``python -m tools.old_words`` names the lines that say one."""

import re
import sys
import tomllib
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from tools.names import Role, names_in

WORDS = Path(__file__).with_suffix(".txt")
ROOTS = ("contracts", "signing", "dossier", "connectors", "gateway", "tests", "tools")
_NAMES_IN_STRINGS = re.compile(r"gateway/(store/tables|cli)/|gateway/\w*settings\.py")  # columns, commands, options
_FROZEN = ("migrations/versions/", "tools/old_words", "tools/rename", "tests/unit/tools/", "tests/vectors/")
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")
_EVENT_OR_METRIC = re.compile(r"""log\.\w+\(\s*"([a-z_.]+)"|"(dalel_[a-z_]+)\"""")
_STYLED = re.compile(r"""(?:class|id|for|aria-labelledby|aria-describedby)="([^"{]*)""")
_SELECTOR = re.compile(r"[.#]([a-z][\w-]*)(?=[^;{}]*\{)")
_TEMPLATE = re.compile(r"\{\{(.*?)\}\}|\{%-?\s*(?!trans|endtrans|pluralize)(.*?)%\}", re.DOTALL)
_QUOTED_OR_WORD = re.compile(r"'[^']*'|\"[^\"]*\"|[^\W\d]\w*")


@dataclass(frozen=True, slots=True)
class OldWords:
    """``parts``: in no name at all; ``names``: no whole name; ``kept``: stay, being of the contract."""

    parts: frozenset[str]
    names: frozenset[str]
    kept: Mapping[str, tuple[str, ...]]  # where: globs

    def has(self, name: str, path: str) -> bool:
        """Whether ``name`` is of the old vocabulary there. Names of tests never are."""
        if name.startswith("test_") or any(fnmatch(path, glob) for glob in self.kept.get(name, ())):
            return False
        return name in self.names or any(part.lower() in self.parts for part in _PARTS.findall(name))


def read_words(text: str) -> OldWords:
    """One word a line; ``#`` begins a comment."""
    words = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return OldWords(
        frozenset(one for one in words if one[0] not in "=!"),
        frozenset(one[1:] for one in words if one[0] == "="),
        {name: tuple(globs) or ("*",) for name, *globs in (one[1:].split() for one in words if one[0] == "!")},
    )


def found_in(path: str, text: str, words: OldWords) -> Iterator[tuple[int, str]]:
    """Lines and names of one file."""
    if path.endswith(".py"):
        for one in names_in(text):
            if (one.role is not Role.STRING or _NAMES_IN_STRINGS.match(path)) and words.has(one.name, path):
                yield one.line, one.name
        yield from _spelled(_EVENT_OR_METRIC, path, text, words)
    elif path.endswith(".css"):
        yield from _spelled(_SELECTOR, path, text, words)
    elif path.endswith(".html"):
        yield from _spelled(_STYLED, path, text, words)
        for place in _TEMPLATE.finditer(text):
            for word in _QUOTED_OR_WORD.finditer(text, place.start(), place.end()):
                if word[0][0] not in "'\"" and words.has(word[0], path):
                    yield text.count("\n", 0, word.start()) + 1, word[0]
    elif path.endswith(".toml"):
        yield from ((0, key) for key in _keys(tomllib.loads(text)) if words.has(key, path))


def _spelled(pattern: re.Pattern[str], path: str, text: str, words: OldWords) -> Iterator[tuple[int, str]]:
    """Log events, metrics, CSS classes and ids, which are no names of the language."""
    for found in pattern.finditer(text):
        for name in re.split(r"[\s.]+", next(filter(None, found.groups()), "")):
            if words.has(name, path):
                yield text.count("\n", 0, found.start()) + 1, name


def _keys(table: Mapping[str, Any]) -> Iterator[str]:
    for key, value in table.items():
        yield key
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                yield from _keys(one)


def scan(root: Path, words: OldWords) -> Iterator[str]:
    """``file:line: name`` for all that is left."""
    for path in _files(root):
        name = path.relative_to(root).as_posix()
        if words.has(path.stem, name):
            yield f"{name}:0: {path.stem}"
        if not any(one in name for one in _FROZEN):
            text = path.read_text(encoding="utf-8")
            yield from (f"{name}:{line}: {word}" for line, word in sorted(set(found_in(name, text, words))))


def _files(root: Path) -> Iterable[Path]:
    for top in ROOTS:
        for path in sorted((root / top).rglob("*")):
            if path.suffix in {".py", ".html", ".css", ".toml"} and "__pycache__" not in path.parts:
                yield path


def main(arguments: Sequence[str] | None = None) -> int:
    """1 where something is left."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, default=Path())
    given = parser.parse_args(arguments)
    left = list(scan(given.root, read_words(WORDS.read_text(encoding="utf-8"))))
    print("\n".join(left) if left else "No old word is left.")
    return int(bool(left))


if __name__ == "__main__":
    sys.exit(main())
