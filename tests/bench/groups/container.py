"""A dossier of one gigabyte: built from a real file on disk, durable when its time is up, then inspected.

Runs by itself in a fresh process for each half, so that the peak of memory is that of the half alone. The yardstick is
``hashlib.file_digest`` over the same file, in the same process, a moment before and a moment after.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import gateway.bootstrap.exchange  # noqa: F401 - what an idle exchange holds in memory
from contracts.party import PartyId
from contracts.payloads import DocumentRef
from dossier.case.record import CaseDocument
from dossier.check.inspection import inspect_container
from dossier.check.report import Indication
from dossier.packaging.assembly import assemble
from dossier.packaging.material import DossierInput
from gateway.store.blobs.folder import BlobFolder
from signing.keys.files import write_certificate
from signing.trust.path import load_anchors
from tests.worlds import dossiers as dossier_builder

SIZE_BYTES: Final = 1024**3
MB: Final = 1_000_000
_PATTERN: Final = hashlib.shake_256(b"no two parts alike").digest(1 << 20)


@dataclass(frozen=True, slots=True)
class Half:
    """One half's figures, MB/s and MB. ``digest``: the yardstick. ``kept``: building and taking over together.

    ``peak`` is above ``idle``: the process with all that an exchange imports, before it built or read anything.
    """

    rate: float
    kept: float
    digest: float
    peak: float
    idle: float


def measure() -> dict[str, Half]:
    """``build`` and ``verify``, each in a process of its own."""
    with TemporaryDirectory(prefix="dalel-bench-") as folder:
        write_file(Path(folder) / "file.bin")
        return {half: _run(half, folder) for half in ("build", "verify")}


def _run(half: str, folder: str) -> Half:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.groups.container", half, folder],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return Half(**json.loads(done.stdout))


def build(folder: Path) -> Half:
    """Assemble, fsync included; then what the exchange does next, taking the file over, which hashes the whole.

    The first time shows what it takes of memory, the second time how long it takes.
    """
    given, key = _input(folder / "file.bin"), dossier_builder.seal_key()
    idle = _memory("VmRSS")
    assemble(given, key, folder / "dossier.asice")
    peak = _memory("VmHWM") - idle
    before = _digest_rate(folder / "file.bin")
    started = time.perf_counter()
    built = assemble(given, key, folder / "dossier.asice")
    assembled = time.perf_counter() - started
    write_certificate(folder / "anchor.pem", dossier_builder.anchors()[0])
    kept = folder / "kept.asice"
    kept.hardlink_to(built.path)
    started = time.perf_counter()
    BlobFolder(folder / "documents").take_over(kept)
    taken_over = time.perf_counter() - started
    digest = (before + _digest_rate(folder / "file.bin")) / 2
    return Half(built.size / MB / assembled, built.size / MB / (assembled + taken_over), digest, peak, idle)


def verify(folder: Path) -> Half:
    """All steps of ``dalel verify``; anything but PASSED fails the measurement."""
    path = folder / "dossier.asice"
    anchors, idle = load_anchors(folder), _memory("VmRSS")
    before = _digest_rate(path)
    started = time.perf_counter()
    report = inspect_container(path, anchors, now=dossier_builder.ASSEMBLED_AT)
    passed = time.perf_counter() - started
    if report.indication is not Indication.TOTAL_PASSED:
        reported = "; ".join(finding.text.en for finding in report.findings())
        raise RuntimeError(f"{report.indication.name}: {reported}")
    rate = path.stat().st_size / MB / passed
    return Half(rate, rate, (before + _digest_rate(path)) / 2, _memory("VmHWM") - idle, idle)


def write_file(path: Path) -> None:
    """The file that fills the dossier: a scan of a whole administrative case, durable, and in the page cache."""
    with path.open("wb") as file:
        for number in range(SIZE_BYTES // len(_PATTERN)):
            file.write(number.to_bytes(8) + _PATTERN[8:])
        file.flush()
        os.fsync(file.fileno())


def _input(path: Path) -> DossierInput:
    """The case of the tests, with this file as the one that the body sent."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    small = dossier_builder.FILE
    ref = replace(small.ref, size=path.stat().st_size, sha256=sha256)
    dossier_builder.FILE = OnDisk(ref, small.owner, path)  # before the story is told, which names it
    return dossier_builder.dossier_input()


@dataclass(frozen=True, slots=True)
class OnDisk:
    """A document of the story whose bytes lie in a file, as they do in the exchange."""

    ref: DocumentRef
    owner: PartyId
    path: Path

    @property
    def case_document(self) -> CaseDocument:
        return CaseDocument(self.ref, self.owner, lambda: self.path.open("rb"))


def _digest_rate(path: Path) -> float:
    """The yardstick, MB/s."""
    started = time.perf_counter()
    with path.open("rb") as file:
        hashlib.file_digest(file, "sha256")
    return path.stat().st_size / MB / (time.perf_counter() - started)


def _memory(field: str) -> float:
    """VmRSS or VmHWM of this process, MB (proc(5))."""
    found = re.search(rf"^{field}:\s+(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)
    if found is None:
        raise RuntimeError(f"{field} is not in /proc/self/status: memory can be measured on Linux only")
    return int(found[1]) * 1024 / MB


if __name__ == "__main__":
    print(json.dumps(asdict({"build": build, "verify": verify}[sys.argv[1]](Path(sys.argv[2])))))
