"""veraPDF, from Maven Central by name, version and digest: the judge of PDF/A that is not part of us.

A test that needs a judge fails without one, it never skips.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
JARS = Path(sys.prefix) / "verapdf"
"""Beside the wheels: what was fetched once is not fetched again."""

INSTALL = ("apt-get", "install", "--yes", "--no-install-recommends", "maven", "default-jdk-headless")
FETCH = (
    "mvn",
    "--batch-mode",
    "--quiet",
    "--strict-checksums",
    "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies",
)


@dataclass(frozen=True, slots=True)
class PdfaVerdict:
    """On one file: rules of PDF/A-2b that it breaks, and how many checks were made."""

    broken: tuple[str, ...]
    checks: int


def judged(files: Sequence[Path]) -> list[PdfaVerdict]:
    """One verdict for each file, from one run: starting the judge takes longer than judging."""
    _require()
    command = ["java", "-cp", f"{JARS}/*", str(HERE / "Judge.java"), *map(str, files)]
    printed = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True).stdout.splitlines()
    verdicts, broken = [], []
    for line in printed:
        word, _, rest = line.partition(" ")
        if word == "broken":
            broken.append(rest)
        elif word in {"holds", "fails"}:
            assert (word == "holds") == (not broken), line
            verdicts.append(PdfaVerdict(tuple(broken), int(rest)))
            broken = []
    assert len(verdicts) == len(files), printed
    return verdicts


def _require() -> None:
    for program in ("javac", "mvn"):  # the judge is a source file, which java compiles as it runs it
        if shutil.which(program) is None:
            _install()
        assert shutil.which(program), f"{program} is missing: run  sudo {' '.join(INSTALL)}"
    if not _is_whole():
        subprocess.run([*FETCH, f"-DoutputDirectory={JARS}"], cwd=HERE, check=True, timeout=600)
    assert _is_whole(), f"the files in {JARS} are not those of {HERE / 'jars.sha256'}"


def _install() -> None:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for command in (("apt-get", "update"), INSTALL):
            subprocess.run(command, env=environment, capture_output=True, timeout=600, check=False)


def _is_whole() -> bool:
    """Whether exactly the files named are there, unchanged."""
    expected = dict(reversed(line.split()) for line in (HERE / "jars.sha256").read_text("utf-8").splitlines())
    present = {path.name: path for path in JARS.glob("*.jar")}
    return present.keys() == expected.keys() and all(
        hashlib.sha256(path.read_bytes()).hexdigest() == expected[name] for name, path in present.items()
    )
