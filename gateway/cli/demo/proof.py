"""The dossier after the story: taken out of the store, its summary laid beside it, proved by the real command."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dossier.events import DossierFiled
from gateway.cli.demo.stagehand import Stage
from gateway.cli.demo.watch import Sight, StageFailed
from gateway.cli.frame import Language, out
from gateway.store.blobs import BlobFolder

VERIFY_WITHIN_S: Final = 30.0
SUMMARY: Final = "dossier.pdf"


@dataclass(frozen=True, slots=True)
class Proof:
    """Where the dossier and its summary lie, and what ``dalel verify`` printed of it."""

    dossier: Path
    summary: Path
    told: str


async def prove(stage: Stage, sight: Sight, language: Language) -> Proof:
    """Raises StageFailed when there is no dossier, it has no readable summary, or it does not verify."""
    dossier = _take_dossier(stage, sight)
    summary = _take_summary(dossier)
    code, told = await _verify(stage, dossier, language)
    if code != 0:
        raise StageFailed(f"dalel verify {dossier} ended with {code}:\n{told}")
    return Proof(dossier, summary, told)


def _take_dossier(stage: Stage, sight: Sight) -> Path:
    filed = next((e.fact for e in sight.case.events if isinstance(e.fact, DossierFiled)), None)
    if filed is None:
        raise StageFailed("no dossier was filed")
    target = stage.out / "dossier.asice"
    with BlobFolder(stage.home / "documents").open(filed.sha256) as source, target.open("wb") as copy:
        shutil.copyfileobj(source, copy)
    return target


def _take_summary(dossier: Path) -> Path:
    target = dossier.with_name(SUMMARY)
    try:
        with zipfile.ZipFile(dossier) as container:
            content = container.read(SUMMARY)
    except (zipfile.BadZipFile, KeyError) as problem:
        raise StageFailed(f"{dossier} holds no readable {SUMMARY}: {problem}") from problem
    if not content.startswith(b"%PDF-"):
        raise StageFailed(f"{SUMMARY} in {dossier} is no PDF")
    target.write_bytes(content)
    return target


async def _verify(stage: Stage, dossier: Path, language: Language) -> tuple[int, str]:
    """In a process of its own, as anybody would; as wide as our own screen."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "gateway.cli",
        "verify", str(dossier), "--home", str(stage.home), "--lang", language.value,
        env={**os.environ, "COLUMNS": str(out.width)},
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        told, _ = await asyncio.wait_for(child.communicate(), VERIFY_WITHIN_S)
    except TimeoutError as problem:
        child.kill()
        raise StageFailed(f"dalel verify did not end within {VERIFY_WITHIN_S:g} s") from problem
    return child.returncode or 0, told.decode()
