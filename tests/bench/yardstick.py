"""The yardstick of a run: what ``openssl speed`` says of RSA-2048 on this machine, now, on one core."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from typing import Final

SECONDS: Final = 1
_LINE: Final = re.compile(r"^\+F2:\d+:2048:(?P<sign>[\d.]+):(?P<verify>[\d.]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Speed:
    """Operations a second."""

    sign: float
    verify: float

    def between(self, later: Speed) -> Speed:
        """The middle of two looks: what stood in between was measured on a machine that was as fast as that."""
        return Speed((self.sign + later.sign) / 2, (self.verify + later.verify) / 2)


def openssl_speed() -> Speed:
    """Run it, for some two seconds. Raises RuntimeError when there is no openssl, or it says something else."""
    program = shutil.which("openssl")
    if program is None:
        raise RuntimeError(
            "openssl is absent, and with it the yardstick. On Debian and Ubuntu: apt-get install openssl"
        )
    command = [program, "speed", "-mr", "-seconds", str(SECONDS), "rsa2048"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    found = _LINE.search(printed)
    if found is None:
        raise RuntimeError(f"openssl speed says nothing of rsa2048: {printed[-200:]!r}")
    return Speed(float(found["sign"]), float(found["verify"]))
