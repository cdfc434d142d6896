"""The dossiers after the story: taken out of the store, with their summaries beside, proved by the real command."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dossier.case.events import DossierFiled
from gateway.cli.demo.stagehand import DemoStage
from gateway.cli.demo.watch import HANGS_AFTER_S, AppealSnapshot, StageFailed
from gateway.cli.frame import CliLanguage, out
from gateway.store.blobs.folder import BlobFolder

SUMMARY: Final = "dossier.pdf"
"""Name of the summary within a container, and of the first one's beside it."""


@dataclass(frozen=True, slots=True)
class DemoProof:
    """Where dossier, summary and supplement lie, and what ``dalel verify`` printed of the dossier."""

    dossier: Path
    summary: Path
    supplement: Path
    output: str


async def prove(stage: DemoStage, sight: AppealSnapshot, language: CliLanguage) -> DemoProof:
    """Raises StageFailed when a dossier is not there, has no readable summary, or does not verify."""
    dossier, supplement = (_take(stage, sight, number, name) for number, name in ((1, "dossier"), (2, "supplement")))
    summary = _take_summary(dossier)
    _take_summary(supplement)
    output, _ = await asyncio.gather(*(_prove(stage, each, language) for each in (dossier, supplement)))
    return DemoProof(dossier, summary, supplement, output)


async def _prove(stage: DemoStage, dossier: Path, language: CliLanguage) -> str:
    code, output = await _verify(stage, dossier, language)
    if code != 0:
        raise StageFailed(f"dalel verify {dossier} ended with {code}:\n{output}")
    return output


def _take(stage: DemoStage, sight: AppealSnapshot, number: int, name: str) -> Path:
    filed = (event.fact for event in sight.case.events if isinstance(event.fact, DossierFiled))
    fact = next((fact for fact in filed if fact.dossier_no == number), None)
    if fact is None:
        raise StageFailed(f"no dossier {number} was filed")
    target = stage.out / f"{name}.asice"
    with BlobFolder(stage.home / "documents").open(fact.sha256) as source, target.open("wb") as copy:
        shutil.copyfileobj(source, copy)
    return target


def _take_summary(dossier: Path) -> Path:
    target = dossier.with_suffix(".pdf")
    try:
        with zipfile.ZipFile(dossier) as container:
            content = container.read(SUMMARY)
    except (zipfile.BadZipFile, KeyError) as problem:
        raise StageFailed(f"{dossier} holds no readable {SUMMARY}: {problem}") from problem
    if not content.startswith(b"%PDF-"):
        raise StageFailed(f"{SUMMARY} in {dossier} is no PDF")
    target.write_bytes(content)
    return target


async def _verify(stage: DemoStage, dossier: Path, language: CliLanguage) -> tuple[int, str]:
    """In a process of its own, as anybody would; as wide as our own screen."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "gateway.cli",
        "verify", str(dossier), "--home", str(stage.home), "--lang", language.value,
        env={**os.environ, "COLUMNS": str(out.width)},
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        output, _ = await asyncio.wait_for(child.communicate(), HANGS_AFTER_S)
    except TimeoutError as problem:
        raise StageFailed(f"dalel verify did not end within {HANGS_AFTER_S:g} s") from problem
    finally:
        if child.returncode is None:
            child.kill()
            await child.communicate()  # its pipes must be closed before the event loop is
    return child.returncode or 0, output.decode()
