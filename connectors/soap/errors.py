"""What may come of a call to a peer, other than its answer.

CallFailed           the root; the prepared call may go again unless ``is_final``
├── PeerFault        the peer answered with a SOAP fault
├── PeerSilent       not reached, or nothing readable heard in time: the peer may or may not have it
└── PeerUntrusted    an answer came, but not one that proves to be the peer's answer to this very call
"""

from __future__ import annotations

from contracts.codes import Disposition
from contracts.soap import FaultInfo


class CallFailed(Exception):
    """Root of this package's errors. ``reason`` is English, for logs."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    @property
    def is_final(self) -> bool:
        """Whether sending the same bytes again is pointless."""
        return False


class PeerFault(CallFailed):
    """The peer's fault. Only a ``signed`` one can end a call; an unsigned one anybody may have written."""

    def __init__(self, info: FaultInfo, *, signed: bool) -> None:
        super().__init__(f"{info.code or info.fault}: {info.detail}")
        self.info = info
        self.signed = signed

    @property
    def is_final(self) -> bool:
        return self.signed and self.info.disposition in {Disposition.REJECT, Disposition.PARK}


class PeerSilent(CallFailed):
    """Nothing readable came back; the peer may or may not have the message."""


class PeerUntrusted(CallFailed):
    """The answer does not verify, is not addressed to us, or answers something else."""
