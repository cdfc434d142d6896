"""Write the hostile containers and their index: ``python -m tests.foreign.generate``.

Every file is made from fixed keys and fixed times, so running it twice changes nothing; a test compares.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from tests.foreign import pki
from tests.foreign.hostile import attacks

INDEX = pki.VECTORS / "index.json"


@dataclass(frozen=True)
class CommittedFile:
    """A committed file and what the index says of it."""

    file_name: str
    data: bytes
    entry: dict[str, object]


def vectors() -> list[CommittedFile]:
    return [
        CommittedFile(
            attack.file_name,
            attack.make(),
            {
                "file": attack.file_name,
                "attack": attack.what,
                "indication": attack.indication,
                "sub_indication": attack.sub_indication,
                "step": attack.step,
                "part": attack.part,
                "libdigidocpp": attack.digidoc,
            },
        )
        for attack in attacks()
    ]


def index_text(made: list[CommittedFile]) -> str:
    return json.dumps([vector.entry for vector in made], ensure_ascii=False, indent=1) + "\n"


def main() -> None:
    made = vectors()
    for stale in pki.VECTORS.glob("*.asice"):
        stale.unlink()
    for vector in made:
        (pki.VECTORS / vector.file_name).write_bytes(vector.data)
    INDEX.write_text(index_text(made), encoding="utf-8")


if __name__ == "__main__":
    main()
