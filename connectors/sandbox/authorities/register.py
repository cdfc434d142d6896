"""Which certificates of the sandbox are revoked, in the authorities' folder: a restart forgets no revocation."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from cryptography import x509

from connectors.sandbox.authorities.ca import RevokedEntry

FILE_NAME: Final = "revoked.json"


@dataclass(frozen=True, slots=True)
class RevocationRegister:
    """Revocations by serial number. Unknown serial numbers are good: this authority keeps no list of what it issued."""

    folder: Path

    def __iter__(self) -> Iterator[RevokedEntry]:
        for serial, entry in self._entries().items():
            at = datetime.fromtimestamp(entry["at"], UTC)
            yield RevokedEntry(int(serial), at, x509.ReasonFlags(entry["reason"]))

    def find(self, serial: int) -> RevokedEntry | None:
        return next((one for one in self if one.serial == serial), None)

    def revoke(self, revocation: RevokedEntry) -> None:
        """Revoke, or state another reason or time of one that is revoked."""
        entry = {"at": revocation.at.timestamp(), "reason": revocation.reason.value}
        self._keep({**self._entries(), str(revocation.serial): entry})

    def restore(self, serial: int) -> None:
        """As if it had never been revoked; a true authority could only lift a hold."""
        entries = self._entries()
        entries.pop(str(serial), None)
        self._keep(entries)

    def _entries(self) -> dict[str, dict[str, Any]]:
        try:
            found: dict[str, dict[str, Any]] = json.loads((self.folder / FILE_NAME).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        return found

    def _keep(self, entries: dict[str, dict[str, Any]]) -> None:
        fresh = self.folder / f".{FILE_NAME}.new"
        fresh.write_text(json.dumps(entries, indent=1), encoding="utf-8")
        fresh.replace(self.folder / FILE_NAME)
