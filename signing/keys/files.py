"""Keys of ours in files: PEM, and PKCS#12 as НУЦ РК hands them out (.p12, .pfx), under a password or not.

Only what nobody else may read or change is taken: a key that others can copy proves nothing about who signed.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.hazmat.primitives.serialization.pkcs12 import PKCS12KeyAndCertificates, load_pkcs12

from signing.errors import KeyUnusable
from signing.keys.keypair import Certificate, PrivateKey, SoftwareKey, load_certificate

PKCS12_SUFFIXES: Final = frozenset({".p12", ".pfx"})
SECRET_LIMIT_BYTES: Final = 64 * 1024  # keys, stores and passwords are far smaller; a device file has no end

_PRIVATE_MODE: Final = 0o600
_OPEN_TO_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_FOREIGN_KIND: Final = "only RSA and P-256 are accepted here; keys of GOST algorithms work through NCANode"


@dataclass(frozen=True, slots=True)
class Password:
    """What opens a key: given, or in a file of its own that is read at every use. Never shown."""

    value: bytes | None = field(default=None, repr=False)
    file: Path | None = None

    def read(self) -> bytes | None:
        """The password, or None when there is none. Raises ``KeyUnusable`` with the name of the file."""
        return self.value if self.file is None else read_password(self.file)


def load_pair(key: Path, certificate: Path, password: bytes | None = None) -> SoftwareKey:
    """Load a private key with its certificate; a PKCS#12 store brings its own, ``certificate`` is not looked at then.

    Raises ``KeyUnusable`` with the file, what is wrong with it and what to do.
    """
    if key.suffix.lower() in PKCS12_SUFFIXES:
        return _from_pkcs12(key, password)
    return _matched(_from_pem(key, password), load_certificate(certificate), f"{key} and {certificate}")


def write_pair(folder: Path, name: str, key: SoftwareKey) -> None:
    """Write ``NAME.pem`` and ``NAME.key`` (PKCS#8, mode 0600) into ``folder``, making it where needed."""
    folder.mkdir(parents=True, exist_ok=True)
    write_private_key(folder / f"{name}.key", key)
    write_certificate(folder / f"{name}.pem", key.certificate)


def write_private_key(path: Path, key: SoftwareKey) -> None:
    """Write PKCS#8 PEM; the file is never readable by others, not even for a moment, and replaces an old one whole."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE_MODE), "wb") as file:
        file.write(key.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    fresh.replace(path)


def write_certificate(path: Path, certificate: Certificate) -> None:
    """Write PEM."""
    path.write_bytes(certificate.to_pem())


def read_password(path: Path) -> bytes:
    """The first line of a file that only its owner can read, without its line end."""
    line = read_secret(path, "password file").split(b"\n", 1)[0].removesuffix(b"\r")
    if not line:
        raise KeyUnusable(f"password file {path}: its first line is empty; write the password there")
    return line


def read_secret(path: Path, what: str = "private key") -> bytes:
    """Read a file that nobody but this user (and root) can read or change; ``KeyUnusable`` says what to do."""
    try:
        with path.open("rb") as file:
            # The open file is asked, not the name again: between two looks a name may come to mean another file.
            _require_ours(os.fstat(file.fileno()), path, what)
            data = file.read(SECRET_LIMIT_BYTES + 1)
    except OSError as error:
        raise KeyUnusable(f"{what} {path}: {error.strerror or error}") from error
    if len(data) > SECRET_LIMIT_BYTES:
        raise KeyUnusable(f"{what} {path}: longer than {SECRET_LIMIT_BYTES} bytes; name another file")
    return data


def _require_ours(found: os.stat_result, path: Path, what: str) -> None:
    mode = stat.S_IMODE(found.st_mode)
    if mode & _OPEN_TO_OTHERS:
        raise KeyUnusable(f"{what} {path} is open to others (mode {mode:04o}); run: chmod 600 {path}")
    if found.st_uid not in {0, os.geteuid()}:
        raise KeyUnusable(f"{what} {path} belongs to uid {found.st_uid}; run: chown {os.geteuid()} {path}")


def _from_pem(path: Path, password: bytes | None) -> PrivateKey:
    data = read_secret(path)
    try:
        key = load_pem_private_key(data, password)
    except UnsupportedAlgorithm as error:
        raise KeyUnusable(f"private key {path}: {_FOREIGN_KIND}") from error
    except (ValueError, TypeError) as error:  # TypeError: password missing or needless
        raise KeyUnusable(f"private key {path}: {_why_pem(password, error)}") from error
    if not isinstance(key, PrivateKey):
        raise KeyUnusable(f"private key {path}: {type(key).__name__}; {_FOREIGN_KIND}")
    return key


def _why_pem(password: bytes | None, error: Exception) -> str:
    """The library's words, which quote neither key nor password, and the cure where the password is in question."""
    if isinstance(error, TypeError):
        cure = "remove its password setting" if password else "name its password file in the settings"
        return f"{error}; {cure}"
    return f"the password is wrong, or the file is damaged ({error})" if password else str(error)


def _from_pkcs12(path: Path, password: bytes | None) -> SoftwareKey:
    data = read_secret(path, "key store")
    try:
        store: PKCS12KeyAndCertificates = load_pkcs12(data, password)
    except UnsupportedAlgorithm as error:
        raise KeyUnusable(f"key store {path}: {_FOREIGN_KIND}") from error
    except ValueError as error:
        cure = (
            "the password is wrong, or this is no PKCS#12" if password else "no PKCS#12, or it needs its password file"
        )
        raise KeyUnusable(f"key store {path}: {cure} ({error})") from error
    if not isinstance(store.key, PrivateKey):
        raise KeyUnusable(f"key store {path}: {type(store.key).__name__} is no key for us; {_FOREIGN_KIND}")
    if store.cert is None:
        raise KeyUnusable(f"key store {path}: it holds no certificate for its key; export both together")
    certificate = Certificate.from_der(store.cert.certificate.public_bytes(Encoding.DER))
    return _matched(store.key, certificate, str(path))


def _matched(key: PrivateKey, certificate: Certificate, place: str) -> SoftwareKey:
    try:
        return SoftwareKey(key, certificate)
    except KeyUnusable as error:
        raise KeyUnusable(f"{place}: {error}") from error
