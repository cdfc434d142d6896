"""Where a key of ours is: in files or in a token; loading it, and telling whether the files have changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Literal, Self

from signing.keys.files import PKCS12_SUFFIXES, Password, load_pair
from signing.keys.keypair import SigningKey
from signing.keys.pkcs11_uri import SCHEME, TokenUri

KeyName = Literal["message", "seal"]
KEY_NAMES: Final[tuple[KeyName, ...]] = ("message", "seal")

Fingerprint = tuple[tuple[int, int, int] | None, ...]


def is_token(key: object) -> bool:
    """Whether a setting names a key in a token, and no file."""
    return isinstance(key, str) and key.startswith(SCHEME)


@dataclass(frozen=True, slots=True)
class KeyPlace:
    """One key's place. ``certificate`` is read only where the key has none beside it in its store or token."""

    name: KeyName
    key: Path | TokenUri
    certificate: Path
    password: Password

    @classmethod
    def of(cls, name: KeyName, key: Path | str, certificate: Path, password: Password) -> Self:
        """Raises ``KeyUnusable`` for a ``pkcs11:`` URI that cannot be read."""
        return cls(name, TokenUri.parse(str(key)) if is_token(key) else Path(key), certificate, password)

    @property
    def files(self) -> tuple[Path, ...]:
        """What is looked at for a change; of a token only the certificate, if it lies in a file."""
        if isinstance(self.key, TokenUri):
            return (self.certificate,)
        return (self.key,) if self.key.suffix.lower() in PKCS12_SUFFIXES else (self.key, self.certificate)

    def load(self, now: datetime) -> SigningKey:
        """Read the pair and match its halves. Blocking. Raises ``KeyUnusable``, ``KeyUnavailable``."""
        if isinstance(self.key, TokenUri):
            from signing.keys.pkcs11_key import load_token_key  # nobody without a token needs that library

            return load_token_key(self.key, self.certificate, self.password, now=now)
        return load_pair(self.key, self.certificate, self.password.read())

    def fingerprint(self) -> Fingerprint:
        """Changes whenever one of the files is written or replaced; None for a file that is not there."""
        return tuple(_stamp(path) for path in self.files)

    def __str__(self) -> str:
        return str(self.key)


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
