"""Honest containers of other systems, as lists of files that a test can change before they are written."""

from __future__ import annotations

from collections.abc import Sequence

from tests.foreign import pki
from tests.foreign.xades import DataFile, XadesPlan, signature_file
from tests.foreign.zips import Item, write_zip

ASIC_E, ASIC_S = "application/vnd.etsi.asic-e+zip", "application/vnd.etsi.asic-s+zip"
MANIFEST = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
MANIFEST_NAME, SIGNATURE_NAME = "META-INF/manifest.xml", "META-INF/signatures0.xml"
REPLY = DataFile("Ответ № 3-17.pdf", b"%PDF-1.7\nThe akimat refuses.\n")
ANNEX = DataFile("annex/таблица.txt", "жыл;саны\n2026;17\n".encode(), "text/plain")
FILES = (REPLY, ANNEX)


def plan() -> XadesPlan:
    """B-LT over both files: token and answer enclosed."""
    return XadesPlan(FILES, pki.signer())


def manifest(files: Sequence[DataFile] = FILES, kind: str = ASIC_E) -> bytes:
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{media_type}"/>'
        for path, media_type in (("/", kind), *((file.name, file.media_type) for file in files))
    )
    declared = f'xmlns:manifest="{MANIFEST}" manifest:version="1.2"'
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<manifest:manifest {declared}>{entries}</manifest:manifest>'.encode()
    )


def items(*plans: XadesPlan, files: Sequence[DataFile] = FILES, deflated: bool = False) -> list[Item]:
    """mimetype, data, manifest and one signature file per plan. Stored, since deflaters differ from host to host."""
    signatures = [
        Item(f"META-INF/signatures{number}.xml", signature_file(one), deflated)
        for number, one in enumerate(plans or (plan(),))
    ]
    data = [Item(file.name, file.content, deflated) for file in files]
    return [
        Item("mimetype", ASIC_E.encode()),
        *data,
        Item(MANIFEST_NAME, manifest(files), deflated),
        *signatures,
    ]


def container(*plans: XadesPlan, files: Sequence[DataFile] = FILES, deflated: bool = True) -> bytes:
    return write_zip(items(*plans, files=files, deflated=deflated))


def simple(one: XadesPlan | None = None) -> bytes:
    """ASiC-S: one file at the root, no manifest."""
    made = one or XadesPlan((REPLY,), pki.signer())
    return write_zip(
        [
            Item("mimetype", ASIC_S.encode()),
            Item(REPLY.name, REPLY.content),
            Item("META-INF/signatures.xml", signature_file(made)),
        ]
    )
