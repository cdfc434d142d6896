"""The proof of one record as a ZIP that anybody checks with Python and openssl alone."""

from __future__ import annotations

import io
import zipfile
from importlib import resources
from typing import Final

from dossier.ledger.form import ledger_files
from dossier.ledger.merkle import LedgerEvidence
from gateway.ports.ledger import LeafFound

_ANY_TIME: Final = (1980, 1, 1, 0, 0, 0)  # the least that a ZIP can say; ours tells nothing by its times


def proof_zip(leaf: LeafFound, evidence: LedgerEvidence, *, with_content: bool) -> bytes:
    """``with_content``: the reader may see what was recorded."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        script = (resources.files("gateway.audit") / "prove.py").read_bytes()
        archive.writestr(zipfile.ZipInfo("prove.py", _ANY_TIME), script)
        if with_content and leaf.content is not None:
            archive.writestr(zipfile.ZipInfo("leaf.json", _ANY_TIME), leaf.content)
        for file in ledger_files(evidence):
            archive.writestr(zipfile.ZipInfo(file.name, _ANY_TIME), file.content)
    return packed.getvalue()
