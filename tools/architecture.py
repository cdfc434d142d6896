"""Draws the rooms of the product and the imports between them into ``docs/architecture.md``.

``python -m tools.architecture --write`` writes the parts of the page between its markers again; ``--check`` writes
nothing, and exits with 1 when they are not what the tree says. Nothing is imported: sources are parsed.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = "docs/architecture.md"
PACKAGES: Final = ("gateway", "connectors", "dossier", "signing", "contracts")
"""From the top down: each may import those behind it."""

DRAWN_APART: Final = ("gateway", "gateway.store", "connectors", "dossier", "signing")
"""Packages whose own rooms have a picture."""

_PART: Final = re.compile(r"(<!-- begin (?P<name>[\w.-]+) -->\n).*?(<!-- end (?P=name) -->)", re.DOTALL)

Arrows = Mapping[str, frozenset[str]]
"""Who imports whom, by dotted name."""


@dataclass(frozen=True, slots=True)
class Room:
    """A package: its dotted name, the first paragraph of its docstring, its modules without ``__init__``."""

    name: str
    says: str
    modules: int


def rooms_of(root: Path) -> tuple[Room, ...]:
    """Every package of the product that has an ``__init__``, by name."""
    return tuple(_room(root, path) for top in PACKAGES for path in sorted((root / top).rglob("__init__.py")))


def _room(root: Path, path: Path) -> Room:
    says = ast.get_docstring(ast.parse(path.read_bytes())) or ""
    modules = sum(1 for one in path.parent.glob("*.py") if one != path)
    return Room(_dotted(root, path), " ".join(says.split("\n\n")[0].split()), modules)


def imports_of(root: Path) -> Arrows:
    """Modules of the product that each module names in an import, those for types only included."""
    paths = [path for top in PACKAGES for path in sorted((root / top).rglob("*.py"))]
    known = frozenset(_dotted(root, path) for path in paths)
    return {_dotted(root, path): frozenset(_imported(ast.parse(path.read_bytes()), known)) for path in paths}


def _dotted(root: Path, path: Path) -> str:
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported(tree: ast.Module, known: frozenset[str]) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (one.name for one in names if one.name in known)
            case ast.ImportFrom(module=str(module), names=names, level=0):
                deeper = [f"{module}.{one.name}" for one in names]
                yield from (name if name in known else module for name in deeper if module in known)
            case _:
                pass


def between(imports: Arrows, container: str) -> Arrows:
    """The imports between the direct children of ``container`` (of the whole product, if it is empty)."""
    found: dict[str, set[str]] = {}
    for module, targets in imports.items():
        here = _child(module, container)
        if here:
            there = {_child(target, container) for target in targets} - {here, None}
            found.setdefault(here, set()).update(name for name in there if name)
    return {name: frozenset(targets) for name, targets in sorted(found.items())}


def _child(module: str, container: str) -> str | None:
    start = f"{container}." if container else ""
    return module[len(start) :].split(".", maxsplit=1)[0] if module.startswith(start) and module != container else None


def reduced(arrows: Arrows) -> Arrows:
    """Without arrows that follow from others; those between rooms that import each other all stay."""
    left = {name: set(targets) for name, targets in arrows.items()}
    for name in sorted(left):
        for target in sorted(left[name]):
            is_mutual = name in _reached(arrows, target)
            rest = left[name] - {target}
            if not is_mutual and any(target in _reached(left, other) for other in rest):
                left[name].discard(target)
    return {name: frozenset(targets) for name, targets in left.items()}


def _reached(arrows: Mapping[str, Iterable[str]], start: str) -> frozenset[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        fresh = set(arrows.get(waiting.pop(), ())) - found
        found |= fresh
        waiting += fresh
    return frozenset(found)


def picture(arrows: Arrows, among: Iterable[str]) -> str:
    """A Mermaid flowchart of ``among`` with the arrows that do not follow from others."""
    names = sorted(among)
    shown = reduced({name: arrows.get(name, frozenset()) & set(names) for name in names})
    lines = [f"    {name}" for name in names if not shown[name] and not any(name in one for one in shown.values())]
    lines += [f"    {name} --> {target}" for name in names for target in sorted(shown[name])]
    return "\n".join(["```mermaid", "flowchart TB", *lines, "```"])


def table(rooms: Sequence[Room], package: str) -> str:
    """The rooms of a package with what their ``__init__`` says."""
    rows = [
        f"| {_linked(room.name)} | {room.modules} | {room.says.replace('``', '`')} |"
        for room in rooms
        if room.name.split(".")[0] == package and not room.name.startswith("gateway.store.migrations.versions")
    ]
    return "\n".join(["| Room | Modules | What lives there |", "|---|---|---|", *rows])


def _linked(name: str) -> str:
    folder = name.replace(".", "/")
    return f"[`{folder}/`](../{folder})"


def parts(root: Path) -> dict[str, str]:
    """What stands between the markers of the page, by name."""
    rooms, imports = rooms_of(root), imports_of(root)
    packages = {room.name for room in rooms}
    made = {"packages": picture(between(imports, ""), PACKAGES)}
    for container in DRAWN_APART:
        arrows = between(imports, container)
        made[container] = picture(arrows, {name for name in arrows if f"{container}.{name}" in packages})
    return made | {f"rooms-{package}": table(rooms, package) for package in PACKAGES}


def filled(page: str, made: Mapping[str, str]) -> str:
    """The page with its parts anew. Raises ``ValueError`` when a part has no place on the page, or a place no part."""
    if (places := {found["name"] for found in _PART.finditer(page)}) != set(made):
        raise ValueError(f"{PAGE}: markers differ from what is drawn: {sorted(places ^ set(made))}")
    return _PART.sub(lambda found: f"{found[1]}{made[found['name']]}\n{found[3]}", page)


def main(root: Path = ROOT, arguments: Sequence[str] | None = None) -> int:
    """Write or check."""
    parser = argparse.ArgumentParser(prog="python -m tools.architecture", description="Draws the rooms.")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--write", action="store_true", help="write the drawn parts of the page")
    what.add_argument("--check", action="store_true", help="exit with 1 if they are stale")
    options = parser.parse_args(arguments)
    page = (root / PAGE).read_text(encoding="utf-8")
    fresh = filled(page, parts(root))
    if fresh == page:
        return 0
    if options.check:
        sys.stdout.write(f"{PAGE} is not what the imports say; run: make docs\n")
        return 1
    (root / PAGE).write_text(fresh, encoding="utf-8")
    sys.stdout.write(f"wrote {PAGE}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
