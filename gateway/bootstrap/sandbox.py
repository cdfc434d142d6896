"""What commands use of the sandbox: its authority, its parties and authorities as processes, how they behave."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from connectors.sandbox.authorities.ca import SandboxAuthority, Usage
from connectors.sandbox.behaviour import Behaviour
from gateway.keys.place import KeyName
from gateway.keys.rotation import IssueKey
from signing.errors import KeyUnusable
from signing.keys.keypair import SoftwareKey

__all__ = ["Behaviour", "SandboxUnusable", "issuer_in", "run_member"]

_USAGES: Final[Mapping[KeyName, Usage]] = {"message": Usage.MESSAGE, "seal": Usage.SEAL}


class SandboxUnusable(Exception):
    """The folder of a party or of the authorities cannot be used; the text says why."""


def issuer_in(folder: Path) -> IssueKey | None:
    """The sandbox authority of ``folder``, where there is one."""
    if not (folder / "ca.key").exists():
        return None

    def issue(holder: str, *, bin: str, name: KeyName, now: datetime) -> SoftwareKey:  # noqa: A002 - twelve digits
        """Raises ``KeyUnusable``."""
        return SandboxAuthority.load(folder).issue(holder, bin=bin, usage=_USAGES[name], now=now)

    return issue


def run_member(folder: Path) -> None:
    """Run the party or the authorities of ``folder`` until a signal. Raises SandboxUnusable."""
    from connectors.sandbox.authorities.folder import FILE_NAME
    from connectors.sandbox.authorities.service import run_authorities
    from connectors.sandbox.folder import PartyFileInvalid
    from connectors.sandbox.run import run_party

    run = run_authorities if (folder / FILE_NAME).exists() else run_party
    try:
        run(folder)
    except (PartyFileInvalid, KeyUnusable, OSError) as problem:
        raise SandboxUnusable(str(problem)) from problem
