"""Is every test of a former release still there? ``python -m tools.testmap`` prints those that are not.

``tests/moved/before.txt`` lists the tests that were (``--list`` writes that form for the tree as it is), and
``tests/moved/renames.tsv`` says where they went, one row a rename, old and new between a tab::

    tests/unit/gateway/	tests/unit/exchange/                         a folder, with all below it
    tests/unit/gateway/test_a.py	tests/unit/exchange/test_b.py        a file
    tests/unit/gateway/test_a.py::test_x	tests/unit/c/test_d.py::test_y   one test, or a class with its tests

The longest row that fits a former test counts, and only that one, so new is always the name of today. Two former
tests may be one today only where a row of its own says so for each but one: files that are put together must lose
none by having named two alike.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools.written import written_ids

ROOT: Final = Path(__file__).parents[1]
MOVED: Final = "tests/moved"


class BrokenTable(ValueError):
    """The table of renames cannot be read; the message names the line."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What is wrong.

    ``missing``: former id and the name under which it was looked for. ``shared``: a name of today with the former tests
    that all lead there. ``idle``: old names of rows that no former test needs.
    """

    missing: tuple[tuple[str, str], ...]
    shared: tuple[tuple[str, tuple[str, ...]], ...]
    idle: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        return not (self.missing or self.shared or self.idle)


# --- the two files --------------------------------------------------------------------------------------------------


def read_list(text: str) -> tuple[str, ...]:
    """Ids from the kept form: a file on a line of its own, its tests below it behind a space."""
    ids, file = [], ""
    for line in text.splitlines():
        if line.startswith(" "):
            ids.append(f"{file}::{line[1:]}")
        else:
            file = line
    return tuple(ids)


def written_list(ids: Iterable[str]) -> str:
    """Inverse of ``read_list``, sorted."""
    by_file: dict[str, list[str]] = defaultdict(list)
    for one in ids:
        file, _, name = one.partition("::")
        by_file[file].append(name)
    return "".join(f"{file}\n" + "".join(f" {name}\n" for name in sorted(by_file[file])) for file in sorted(by_file))


def read_renames(text: str) -> dict[str, str]:
    """Old to new; empty lines and those with ``#`` are passed over. Raises ``BrokenTable``."""
    renames: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        old, *rest = line.split("\t")
        if len(rest) != 1 or not old or not rest[0]:
            raise BrokenTable(f"line {number}: expected old and new between one tab, got {line!r}")
        if old in renames:
            raise BrokenTable(f"line {number}: {old} was named before")
        if _kind(old) != _kind(rest[0]):
            raise BrokenTable(f"line {number}: {old} and {rest[0]} are not both a folder, a file or a test")
        renames[old] = rest[0]
    return renames


def _kind(name: str) -> str:
    if "::" in name:
        return "test"
    return "folder" if name.endswith("/") else "file"


# --- judging --------------------------------------------------------------------------------------------------------


def check(former: Iterable[str], now: frozenset[str], renames: Mapping[str, str]) -> Findings:
    """Hold the former tests against those of today."""
    led: dict[str, list[str]] = defaultdict(list)
    used: set[str] = set()
    missing: list[tuple[str, str]] = []
    for one in former:
        row = _row_for(one, renames)
        name = one if row is None else renames[row] + one[len(row) :]
        used.update(() if row is None else (row,))
        if name in now:
            led[name].append(one)
        else:
            missing.append((one, name))
    shared = ((name, tuple(ids)) for name, ids in sorted(led.items()) if sum(one not in renames for one in ids) > 1)
    return Findings(tuple(missing), tuple(shared), tuple(sorted(set(renames) - used)))


def _row_for(one: str, renames: Mapping[str, str]) -> str | None:
    return max((row for row in _prefixes(one) if row in renames), key=len, default=None)


def _prefixes(one: str) -> Iterator[str]:
    """Every folder, the file, every class, and the test itself."""
    file, *inner = one.split("::")
    parts = file.split("/")
    yield from ("/".join(parts[:end]) + "/" for end in range(1, len(parts)))
    yield from ("::".join((file, *inner[:end])) for end in range(len(inner) + 1))


def suggestions(findings: Findings, now: frozenset[str]) -> Iterator[str]:
    """Rows for missing tests whose name stands in one other place only; a file's row where all of it went together."""
    places: dict[str, list[str]] = defaultdict(list)
    for one in now:
        places[one.partition("::")[2]].append(one)
    by_file: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for one, _ in findings.missing:
        file, _, name = one.partition("::")
        if len(places[name]) == 1:
            by_file[file].append((one, places[name][0]))
    for file, pairs in sorted(by_file.items()):
        aims = {new.partition("::")[0] for _, new in pairs}
        yield from (f"{file}\t{aims.pop()}",) if len(aims) == 1 else (f"{old}\t{new}" for old, new in pairs)


# --- the command ----------------------------------------------------------------------------------------------------


def check_tree(root: Path = ROOT) -> Findings:
    """As the files under ``root`` say. Raises ``BrokenTable``."""
    moved = root / MOVED
    former = read_list((moved / "before.txt").read_text(encoding="utf-8"))
    renames = read_renames((moved / "renames.tsv").read_text(encoding="utf-8"))
    return check(former, written_ids(root), renames)


def report(findings: Findings) -> Iterator[str]:
    """A line for each finding."""
    for one, name in findings.missing:
        yield f"missing  {one}" + (f"  (looked for as {name})" if name != one else "")
    for name, ids in findings.shared:
        yield f"shared   {name} stands for {', '.join(ids)}"
    for row in findings.idle:
        yield f"idle     no former test needs the row of {row}"


def main() -> int:
    """0 when the table is whole, else 1."""
    parser = argparse.ArgumentParser(prog="python -m tools.testmap", description="Is every former test still there?")
    parser.add_argument("--list", action="store_true", help="print the tests of this tree in the form of before.txt")
    parser.add_argument("--suggest", action="store_true", help="print rows for tests that are elsewhere by their name")
    given = parser.parse_args()
    now = written_ids(ROOT)
    if given.list:
        sys.stdout.write(written_list(now))
        return 0
    findings = check_tree()
    lines = suggestions(findings, now) if given.suggest else report(findings)
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return 0 if findings.is_whole else 1


if __name__ == "__main__":
    sys.exit(main())
