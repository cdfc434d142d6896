"""``record.xml``: the record's one XML form, and the reading of it back.

The codec of the contract writes and reads it, in a namespace of its own, which is declared on the root alone.
"""

from __future__ import annotations

import re
from typing import Final

from contracts import codec, xmlsafe
from contracts.errors import ContractError
from contracts.operations import NAMESPACE as CODEC_NAMESPACE
from dossier.erds.record import FORM, MessageRecord

EVIDENCE: Final = "evidence.xml"
RECORD: Final = "record.xml"
LEAVES: Final = "evidence/leaves.jsonl"
ENVELOPES: Final = "envelopes/"


def envelope_path(sha256: str) -> str:
    """``envelopes/9f86….xml``: named by the digest (hex) of its bytes. An answer that is no XML lies there too."""
    return f"{ENVELOPES}{sha256}.xml"


NAMESPACE: Final = "urn:dalel:evidence:v1"
LIMIT_BYTES: Final = 16 * 1024 * 1024

_OURS: Final = f'<d:record xmlns:d="{NAMESPACE}">'.encode()
_CODECS: Final = f'<d:record xmlns:d="{CODEC_NAMESPACE}">'.encode()
_OTHER_MARKUP: Final = re.compile(rb"<(?!/?d:[A-Za-z0-9]+>)")


class RecordUnreadable(Exception):
    """The bytes are no ``record.xml`` as we write it."""


def build_record(record: MessageRecord) -> bytes:
    """Canonical bytes; raises ``NotRepresentable`` for text that XML cannot hold."""
    return _OURS + codec.encode("record", record).encode().removeprefix(_CODECS)


def parse_record(data: bytes) -> MessageRecord:
    """Inverse of ``build_record``. Raises ``RecordUnreadable`` unless ``data`` is exactly what it would write."""
    if not data.startswith(_OURS) or _OTHER_MARKUP.search(data, len(_OURS)):
        raise RecordUnreadable("it holds markup that we do not write")
    try:
        root = xmlsafe.parse(_CODECS + data.removeprefix(_OURS), limit_bytes=LIMIT_BYTES, max_namespaces=LIMIT_BYTES)
        record = codec.decode(MessageRecord, root)
        rebuilt = build_record(record)
    except (ContractError, ValueError) as error:
        raise RecordUnreadable(str(error)) from error
    if record.form != FORM:
        raise RecordUnreadable(f"form {record.form} is not known to this release, which reads {FORM}")
    if rebuilt != data:
        raise RecordUnreadable("it is not spelt as we write it")
    return record
