"""What every service of the authorities is handed: the authority itself, their keys, the bends, the time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from connectors.sandbox.authorities.behaviour import AuthorityBends
from connectors.sandbox.authorities.ca import SandboxAuthority
from signing.keys.keypair import SoftwareKey


@dataclass(frozen=True, slots=True)
class AuthorityContext:
    """``ca`` issued all certificates of the sandbox; ``keys`` is the folder of the services' own."""

    ca: SandboxAuthority
    keys: Path
    now: Callable[[], datetime]
    bends: AuthorityBends = field(default_factory=AuthorityBends)

    def key(self, name: str) -> SoftwareKey:
        """A service's own key pair; raises ``KeyUnusable``."""
        return SoftwareKey.load(self.keys / f"{name}.key", self.keys / f"{name}.pem")
