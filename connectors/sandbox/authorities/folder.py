"""The authorities' folder: ``authorities.toml`` beside ``tsa.key``, ``tsa.pem``, ``ocsp.key`` and ``ocsp.pem``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from connectors.sandbox.authorities.ca import AuthorityServices
from connectors.sandbox.folder import PartyFileInvalid

FILE_NAME: Final = "authorities.toml"
_ENTRIES: Final = frozenset({"listen_port", "control_port", "ca_folder"})


@dataclass(frozen=True, slots=True)
class AuthoritiesFile:
    """What the authorities need to run. ``ca_folder`` holds the authority whose certificates they answer for."""

    folder: Path
    listen_port: int
    control_port: int
    ca_folder: Path

    @property
    def tsa_url(self) -> str:
        return f"{base_url(self.listen_port)}/tsa"


def base_url(listen_port: int) -> str:
    """Where the authorities are asked."""
    return f"http://127.0.0.1:{listen_port}"


def services_at(listen_port: int) -> AuthorityServices:
    """What is written into the certificates of the sandbox: where to ask about them."""
    return AuthorityServices(ocsp=f"{base_url(listen_port)}/ocsp", crl=f"{base_url(listen_port)}/ca.crl")


def read_authorities(folder: Path) -> AuthoritiesFile:
    """Read ``authorities.toml``; relative paths are taken from its folder. Raises ``PartyFileInvalid``."""
    path = folder / FILE_NAME
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        if unknown := sorted(set(table) - _ENTRIES):
            raise PartyFileInvalid(f"unknown entries: {', '.join(unknown)}")
        return AuthoritiesFile(
            folder=folder,
            listen_port=int(table["listen_port"]),
            control_port=int(table["control_port"]),
            ca_folder=folder / table["ca_folder"],
        )
    except (OSError, tomllib.TOMLDecodeError, TypeError, ValueError, KeyError) as error:
        raise PartyFileInvalid(f"{path}: {type(error).__name__} {error}") from error


def write_authorities(folder: Path, *, listen_port: int, control_port: int, ca_folder: Path) -> AuthoritiesFile:
    """Write ``authorities.toml`` into ``folder``; the keys are the caller's to put beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    text = f"listen_port = {listen_port}\ncontrol_port = {control_port}\nca_folder = '{ca_folder}'\n"
    (folder / FILE_NAME).write_text(text, encoding="utf-8")
    return read_authorities(folder)
