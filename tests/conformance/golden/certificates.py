"""The keys of the sandbox's authorities, made once and kept in ``keys.json``: they are public and protect nothing.

``replace_authorities`` lets every builder of the tests that asks an authority for a key get the kept one of that name.
"""

from __future__ import annotations

import base64
import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from tests.conformance.golden.product import Certificate, SandboxAuthority, SoftwareKey

KEPT: Final = Path(__file__).parent / "keys.json"


class UnknownKey(LookupError):
    """A builder asks for a key that was never kept: run ``python -m tests.conformance.golden --write``."""


def replace_authorities(*, may_make: bool) -> None:
    """For the rest of the process. ``may_make``: a key that is not kept yet is made, and kept."""
    create, issue = SandboxAuthority.create, SandboxAuthority.issue

    def created(name: str, **given: Any) -> SandboxAuthority:
        label = f"authority {name}"
        return SandboxAuthority(_kept(label) or _keep(label, create(name, **given).key, may_make=may_make))

    def issued(authority: SandboxAuthority, name: str, **given: Any) -> SoftwareKey:
        kind = given.get("key_kind", "RSA-2048")
        label = f"{authority.key.certificate.subject} > {name} > {given['usage'].value.dotted_string} > {kind}"
        return _kept(label) or _keep(label, issue(authority, name, **given), may_make=may_make)

    SandboxAuthority.create = created
    SandboxAuthority.issue = issued


def _kept(label: str) -> SoftwareKey | None:
    return _read(label) if label in _all() else None


@cache
def _read(label: str) -> SoftwareKey:
    entry = _all()[label]
    key = load_pem_private_key(entry["key"].encode(), None)
    return SoftwareKey(key, Certificate.from_der(base64.b64decode(entry["certificate"])))


def _keep(label: str, key: SoftwareKey, *, may_make: bool) -> SoftwareKey:
    if not may_make:
        raise UnknownKey(label)
    pem = key.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    entry = {"certificate": base64.b64encode(key.certificate.der).decode(), "key": pem}
    KEPT.write_text(json.dumps(_all() | {label: entry}, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")
    return key


def _all() -> dict[str, Any]:
    return json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
