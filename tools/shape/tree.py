"""The files of a tree: as it lies on the disk, or as a revision of git has it."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Final

_PROGRAM: Final = frozenset({".py", ".toml", ".xsd", ".wsdl", ".html", ".css", ".js", ".po", ".sql", ".typ", ".yaml"})
"""Kinds of files that people write and change; pictures, vectors and pages of the handbook are not counted."""


@dataclass(frozen=True, slots=True)
class Tree:
    """Contents by path, relative and with ``/``. ``packages``: the top folders of the product."""

    files: Mapping[str, bytes]
    packages: tuple[str, ...]

    def product(self) -> dict[str, bytes]:
        """What is shipped."""
        return {path: data for path, data in self._written() if path.startswith(self.packages)}

    def tests(self) -> dict[str, bytes]:
        return {path: data for path, data in self._written() if path.startswith("tests/")}

    def _written(self) -> Iterator[tuple[str, bytes]]:
        return ((path, self.files[path]) for path in sorted(self.files) if PurePosixPath(path).suffix in _PROGRAM)


def tree_on_disk(root: Path) -> Tree:
    """What git would have of the folder, whether it is committed or not; without git, every file."""
    names = _of_git(root) or [path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()]
    return _tree({name: (root / name).read_bytes() for name in names if (root / name).is_file()})


def tree_at(root: Path, revision: str) -> Tree:
    """The tree of a commit. Raises ``CalledProcessError`` for a revision that is not there."""
    packed = subprocess.run(
        ["git", "archive", "--format=tar", revision], cwd=root, capture_output=True, check=True
    ).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        contents = {member.name: archive.extractfile(member) for member in archive.getmembers() if member.isfile()}
        return _tree({name: stream.read() for name, stream in contents.items() if stream is not None})


def _of_git(root: Path) -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        check=False,
    )
    return [name for name in listed.stdout.decode().split("\0") if name]


def _tree(files: dict[str, bytes]) -> Tree:
    """Packages are those that ``pyproject.toml`` ships: so a package that moves is followed."""
    find = tomllib.loads(files["pyproject.toml"].decode())["tool"]["setuptools"]["packages"]["find"]
    above = [f"{where.strip('./')}/".lstrip("/") for where in find.get("where", ["."])]
    tops = {path[: path.index("/", len(start)) + 1] for start in above for path in files if _is_below(path, start)}
    shipped = {
        top
        for top in tops
        for start in above
        for pattern in find["include"]
        if fnmatchcase(top.removeprefix(start).rstrip("/"), pattern)
    }
    return Tree(files, tuple(sorted(shipped)))


def _is_below(path: str, start: str) -> bool:
    return path.startswith(start) and "/" in path[len(start) :]
