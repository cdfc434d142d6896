"""META-INF/manifest.xml: which files a container holds and of what type (OpenDocument 1.2 part 3 §4, EN 319 162-1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Final

from signing.profile.markup import attributes

NAMESPACE: Final = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
CONTAINER_TYPE: Final = "application/vnd.etsi.asic-e+zip"
OPAQUE: Final = "application/octet-stream"

_TYPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        ".asice": CONTAINER_TYPE,
        ".crl": "application/pkix-crl",
        ".doc": "application/msword",
        ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ".jpeg": "image/jpeg",
        ".jpg": "image/jpeg",
        ".json": "application/json",
        ".jsonl": "application/jsonl",
        ".ocsp": "application/ocsp-response",
        ".odt": "application/vnd.oasis.opendocument.text",
        ".pdf": "application/pdf",
        ".pem": "application/x-pem-file",
        ".png": "image/png",
        ".tif": "image/tiff",
        ".tiff": "image/tiff",
        ".tst": "application/vnd.etsi.timestamp-token",
        ".txt": "text/plain",
        ".xml": "application/xml",
        ".zip": "application/zip",
    }
)


def media_type_of(name: str) -> str:
    """The type that manifest and signature give a file: decided by its name alone, so that anyone can re-derive it.

    What the sender said of a document stands in ``dossier.xml``; here nothing of theirs can be written.
    """
    return _TYPES.get(PurePosixPath(name).suffix.lower(), OPAQUE)


def build_manifest(names: Iterable[str]) -> bytes:
    """The manifest over ``names``: the files under the signature, in the container's order."""
    entries = [_entry("/", CONTAINER_TYPE), *(_entry(name, media_type_of(name)) for name in names)]
    declaration = f'xmlns:manifest="{NAMESPACE}" manifest:version="1.2"'
    return f"<manifest:manifest {declaration}>{''.join(entries)}</manifest:manifest>".encode()


def _entry(path: str, media_type: str) -> str:
    written = attributes(**{"manifest:full-path": path, "manifest:media-type": media_type})
    return f"<manifest:file-entry{written}></manifest:file-entry>"
