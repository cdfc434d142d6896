"""A copy of the checkout as a fresh clone would be, except that it borrows the installed wheels."""

from __future__ import annotations

import shutil
import sysconfig
import venv
from pathlib import Path

import pytest

from tests.docs.pages import ROOT

NOT_IN_A_CLONE = shutil.ignore_patterns(
    *(line.rstrip("/") for line in (ROOT / ".gitignore").read_text(encoding="utf-8").split()), ".git"
)


@pytest.fixture(scope="session")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The checkout's files with an own ``.venv`` in which our packages come from the copy."""
    folder = tmp_path_factory.mktemp("clone") / "dalel"
    shutil.copytree(ROOT, folder, ignore=NOT_IN_A_CLONE)
    environment = folder / ".venv"
    venv.create(environment, with_pip=False, symlinks=True)
    _borrow_wheels(folder, environment)
    _write_command(environment)
    for stamp in (".run", ".test", ".generator"):
        (environment / stamp).touch()
    return folder


def _borrow_wheels(folder: Path, environment: Path) -> None:
    """The copy comes first on the path, so that nothing of the original checkout is imported."""
    wheels = sysconfig.get_path("purelib")
    [site] = environment.glob("lib/python*/site-packages")
    (site / "borrowed.pth").write_text(f"{folder}\n{wheels}\n", encoding="utf-8")


def _write_command(environment: Path) -> None:
    command = environment / "bin" / "dalel"
    command.write_text(f"#!{environment}/bin/python\nfrom gateway.cli import main\n\nmain()\n", encoding="utf-8")
    command.chmod(0o755)
