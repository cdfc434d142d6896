"""Writes the first lines of a new thing: ``python -m tools.new connector NAME``, ``… operation NAME SERVICE``.

What it writes imports and passes the linters, a connector its own tests too; what is yours to write is marked TODO.
Nothing that is there is overwritten.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Final

from contracts.operations import OPERATIONS, Service
from tools.new_operation import NAME, operation_files

ROOT: Final = Path(__file__).parents[1]
TEMPLATES: Final = Path(__file__).with_name("templates")
_NAME: Final = re.compile(r"[a-z][a-z0-9]{1,30}")

CONNECTOR: Final[Mapping[str, str]] = {
    "connectors/${name}/__init__.py": "connector_init.txt",
    "connectors/${name}/caller.py": "connector_caller.txt",
    "tests/unit/connectors/test_${name}.py": "connector_test.txt",
}
CHANNEL: Final[Mapping[str, str]] = {"connectors/${name}/channel.py": "connector_channel.txt"}
"""Besides, where connectors are found by channel."""

_IMPORTS: Final = re.compile(r"(?:^from connectors\.[^\n]+\n)+", re.MULTILINE)
_FORBIDDEN: Final = re.compile(r"^forbidden_modules = \[(?=[^\n]*connectors\.soap)", re.MULTILINE)
_MEMBERS: Final = re.compile(r"^class Channel\(StrEnum\):\n(?:[^\n]*\n)*?(?:    [A-Z]+ = \"[a-z]+\"\n)+", re.MULTILINE)


class NotWritten(Exception):
    """Nothing was written; the text says why."""


def write_connector(root: Path, name: str) -> Iterator[str]:
    """Write the folder and its registrations; yields every path that was written. Raises ``NotWritten``."""
    if not _NAME.fullmatch(name):
        raise NotWritten(f"{name!r} is no name of a connector: 2 to 31 small letters and digits")
    by_channel = (root / "connectors/channel.py").exists()
    words = {"name": name, "title": name.capitalize(), "upper": name.upper()}
    files = {
        Template(path).substitute(words): _filled(source, words)
        for path, source in ({**CONNECTOR, **(CHANNEL if by_channel else {})}).items()
    }
    if there := [path for path in files if (root / path).exists()]:
        raise NotWritten(f"there is a {there[0]} already")
    changed = {"pyproject.toml": _registered(root, name)}
    if by_channel:
        changed["contracts/party.py"] = _with_member(root, name)
    for path, text in (files | changed).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
        yield path


def _filled(source: str, words: Mapping[str, str]) -> str:
    """The template with its imports in order, whatever the name."""
    text = Template((TEMPLATES / source).read_text(encoding="utf-8")).substitute(words)
    return _IMPORTS.sub(lambda found: "".join(sorted(found[0].splitlines(keepends=True))), text)


def _registered(root: Path, name: str) -> str:
    """The import contract names every connector, so that the exchange knows none but through ``bootstrap``."""
    text = (root / "pyproject.toml").read_text(encoding="utf-8")
    changed, count = _FORBIDDEN.subn(f'forbidden_modules = ["connectors.{name}", ', text)
    if count != 1:
        raise NotWritten("pyproject.toml has no import contract that names connectors.soap")
    return changed


def _with_member(root: Path, name: str) -> str:
    text = (root / "contracts/party.py").read_text(encoding="utf-8")
    found = _MEMBERS.search(text)
    if found is None:
        raise NotWritten("contracts/party.py has no Channel")
    return f'{text[: found.end()]}    {name.upper()} = "{name}"\n{text[found.end() :]}'


def write_operation(root: Path, name: str, service: str) -> Iterator[str]:
    """Write schema, payload and row of an operation; yields every path. Raises ``NotWritten``."""
    if not NAME.fullmatch(name):
        raise NotWritten(f"{name!r} is no name of an operation, as AddDocuments is: one to four words")
    if service not in set(Service):
        raise NotWritten(f"no service {service!r}: {', '.join(Service)}")
    if any(name in operations for operations in OPERATIONS.values()):
        raise NotWritten(f"there is a {name} already")
    try:
        files = operation_files(root, name, Service(service))
    except LookupError as lost:
        raise NotWritten(*lost.args) from lost
    for path, text in files.items():
        (root / path).write_text(text, encoding="utf-8")
        yield path


def main(root: Path = ROOT, arguments: Sequence[str] | None = None) -> int:
    """Write, and say what is left to do."""
    parser = argparse.ArgumentParser(prog="python -m tools.new", description="The first files of a new thing.")
    parser.add_argument("kind", choices=["connector", "operation"])
    parser.add_argument("name")
    parser.add_argument("service", nargs="?", default="", help="of an operation")
    options = parser.parse_args(arguments)
    try:
        if options.kind == "connector":
            written = list(write_connector(root, options.name))
        else:
            written = list(write_operation(root, options.name, options.service))
    except NotWritten as why:
        sys.stderr.write(f"{why}\n")
        return 1
    sys.stdout.writelines(f"wrote {path}\n" for path in written)
    then = f"pytest tests/unit/connectors/test_{options.name}.py" if options.kind == "connector" else "its step"
    sys.stdout.write(f"next: the TODO lines, then: {then}; CONTRIBUTING.md\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
