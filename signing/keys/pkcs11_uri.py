"""Where a key lies in a token, as RFC 7512 writes it: ``pkcs11:token=…;object=…?module-path=…&pin-source=…``.

Only what selects one token and one key is understood. An attribute that we would pass over could have been the one
that tells two keys apart, so an unknown one is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self
from urllib.parse import unquote, unquote_to_bytes, urlsplit

from signing.errors import KeyUnusable

SCHEME: Final = "pkcs11:"
_PATH: Final = frozenset({"token", "serial", "object", "id", "type"})
_QUERY: Final = frozenset({"module-path", "pin-source"})


@dataclass(frozen=True, slots=True)
class TokenUri:
    """One private key in one token. ``identifier`` is CKA_ID, ``label`` CKA_LABEL; at least one of them is given."""

    module: Path  # the token maker's PKCS#11 library
    token: str | None
    serial: str | None
    label: str | None
    identifier: bytes | None
    pin_source: Path | None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a ``pkcs11:`` URI; raises ``KeyUnusable`` with the attribute that is wrong and what to write."""
        path, _, query = text.removeprefix(SCHEME).partition("?")
        attributes = dict(_attributes(path, ";", _PATH)) | dict(_attributes(query, "&", _QUERY))
        if attributes.get("type", "private") != "private":
            raise KeyUnusable(f"pkcs11 URI: type={attributes['type']}; a signing key has type=private")
        uri = cls(
            module=_absolute(attributes.get("module-path"), "module-path"),
            token=_text(attributes, "token"),
            serial=_text(attributes, "serial"),
            label=_text(attributes, "object"),
            identifier=unquote_to_bytes(attributes["id"]) if "id" in attributes else None,
            pin_source=_absolute(attributes["pin-source"], "pin-source") if "pin-source" in attributes else None,
        )
        if uri.token is None and uri.serial is None:
            raise KeyUnusable("pkcs11 URI: name the token by token=LABEL or serial=NUMBER")
        if uri.label is None and uri.identifier is None:
            raise KeyUnusable("pkcs11 URI: name the key by object=LABEL or id=%01")
        return uri

    def __str__(self) -> str:
        """For people and logs: token and key, nothing of how it is opened."""
        key = self.label if self.label is not None else (self.identifier or b"").hex()
        return f"key {key} in token {self.token or self.serial}"


def _attributes(part: str, separator: str, known: frozenset[str]) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for written in filter(None, part.split(separator)):
        name, equals, value = written.partition("=")
        if name == "pin-value":
            raise KeyUnusable("pkcs11 URI: a PIN must not stand in settings; put it in a file: pin-source=/path/to/pin")
        if name not in known or not equals or name in seen:
            raise KeyUnusable(
                f"pkcs11 URI: {name!r} is unknown, empty or doubled; known are {', '.join(sorted(known))}"
            )
        seen.add(name)
        yield name, value


def _text(attributes: dict[str, str], name: str) -> str | None:
    try:
        return unquote(attributes[name], errors="strict") if name in attributes else None
    except UnicodeDecodeError as error:
        raise KeyUnusable(f"pkcs11 URI: {name} is not percent-encoded UTF-8") from error


def _absolute(written: str | None, name: str) -> Path:
    """A path, or a file: URI of this machine. RFC 7512 §4 also allows a program to run there; we run none."""
    if not written:
        raise KeyUnusable(f"pkcs11 URI: {name} is missing; write its absolute path")
    decoded = unquote(written)
    parts = urlsplit(decoded)
    path = Path(parts.path if parts.scheme == "file" and parts.netloc in {"", "localhost"} else decoded)
    if not path.is_absolute():
        raise KeyUnusable(f"pkcs11 URI: {name}={decoded} must be an absolute path or a file: URI")
    return path
