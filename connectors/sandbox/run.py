"""Run one simulated party as a process: ``python -m connectors.sandbox.run FOLDER``."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path


def run_party(folder: Path) -> None:
    """Run the party of ``folder`` until SIGTERM or SIGINT; blocks. Raises ``PartyFileInvalid`` or OSError at start."""
    import uvloop

    uvloop.run(_serve(folder))


async def _serve(folder: Path) -> None:
    from connectors.sandbox.folder import read_party
    from connectors.sandbox.party import SandboxParty

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with SandboxParty(read_party(folder)):
        await stop.wait()


if __name__ == "__main__":
    run_party(Path(sys.argv[1]))
