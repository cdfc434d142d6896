"""Let libdigidocpp make the sample in ``tests/vectors/foreign``: ``python -m tests.foreign.sample``.

Its time and its identifiers are those of the moment, so the sample is made once and kept.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.foreign import pki, samples
from tests.foreign.loopback import authorities
from tests.worlds.digidoc import Trusted, sign

SAMPLE = Path(__file__).parent.parent / "vectors" / "foreign" / "libdigidocpp-4.3.0-lt.asice"
NAMES = ("Ответ № 3-17.pdf", "table 1+2 %.txt")


def main() -> None:
    trusted = Trusted((pki.ca().ours,), (pki.tsa().ours,), (pki.responder().ours,))
    with TemporaryDirectory() as place, authorities() as urls:
        folder = Path(place)
        files = [folder / name for name in NAMES]
        for path, source in zip(files, samples.FILES, strict=True):
            path.write_bytes(source.content)
        sign(files, folder / "made.asice", pki.signer().software_key, urls, folder, trusted)
        shutil.copy(folder / "made.asice", SAMPLE)


if __name__ == "__main__":
    main()
