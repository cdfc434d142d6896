"""The files of the project say nothing about the machine that they were written on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tests.docs.pages import ROOT

MACHINE = re.compile(
    "|".join(
        ("/home/" + r"[a-z]", "/Users/" + r"\w", "/root" + "/", "/wo" + "rk/", r"\.py" + "env", "/opt/" + "wheels")
    )
)
IGNORED = {line.rstrip("/") for line in (ROOT / ".gitignore").read_text(encoding="utf-8").split()} | {".git"}


def files(folder: Path = ROOT) -> Iterator[Path]:
    """What a clone would have."""
    for path in sorted(folder.iterdir()):
        if any(path.match(pattern) for pattern in IGNORED):
            continue
        if path.is_dir():
            yield from files(path)
        else:
            yield path


def test_no_file_names_a_path_of_a_developers_machine():
    named = {
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path in files()
        if (found := MACHINE.search(path.read_bytes().decode("utf-8", errors="ignore")))
    }

    assert named == set()


def test_every_text_ends_with_one_line_end():
    texts = [path for path in files() if path.suffix in {".py", ".md", ".toml", ".yaml", ".xsd", ".wsdl", ".typ"}]
    careless = [
        str(path.relative_to(ROOT))
        for path in texts
        if (data := path.read_bytes()) and (not data.endswith(b"\n") or data.endswith(b"\n\n") or b"\r\n" in data)
    ]

    assert careless == []
