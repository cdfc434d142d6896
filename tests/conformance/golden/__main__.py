"""Make every golden piece and print what differs: ``python -m tests.conformance.golden [--write] [--keep FOLDER]``.

``--write`` stores the digests anew (and makes keys that are missing): only when the wire or the form of proof is meant
to change. ``--keep FOLDER`` leaves the pieces there, to be compared with those of another release.
"""

from __future__ import annotations

import argparse
import sys
from contextlib import redirect_stdout
from pathlib import Path

from tests.conformance.golden import chance

FOLDER = Path(__file__).parent
DIGESTS = FOLDER / "digests.json"
READABLE = FOLDER / "readable"
"""Pieces kept whole, to see what a change is without another checkout."""

TO_READ = (
    "envelopes/RegisterAppeal-Identification-full.xml",
    "envelopes/RegisterAppealResponse-full.xml",
    "envelopes/Deliver-AssignAppeal-full.xml",
    "envelopes/DeliverResponse-Receipt-full.xml",
    "envelopes/DeliverResponse-ErrorSignal-full.xml",
    "faults/violations-values.xml",
    "contract/codes.json",
    "dossiers/first/dossier.xml",
    "past/leaves.txt",
    "past/operations.txt",
)


def main() -> int:
    given = _arguments()
    chance.remove()  # before anything of the product is imported
    from tests.conformance.golden import certificates

    certificates.replace_authorities(may_make=given.write)
    with redirect_stdout(sys.stderr):  # an exchange that lives writes its log
        pieces = dict(_pieces())
    from tests.conformance.golden.proof import listed

    if given.keep:
        _keep(pieces, given.keep)
    if given.write:
        DIGESTS.write_bytes(listed(pieces))
        _keep({name: pieces[name] for name in TO_READ}, READABLE)
    sys.stdout.write(listed(pieces).decode())
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.conformance.golden", description=__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--keep", type=Path)
    return parser.parse_args()


def _pieces():
    from tests.conformance.golden import past, proof, wire

    for make in (
        wire.descriptions, wire.envelopes, wire.faults, proof.dossiers, proof.evidence, proof.events, proof.ledger,
        proof.records, past.past,
    ):  # fmt: skip
        yield from make()


def _keep(pieces: dict[str, bytes], folder: Path) -> None:
    for name, data in pieces.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


if __name__ == "__main__":
    sys.exit(main())
