"""A file of evidence under inspection: what a dossier's inspection shares, and the record in place of dossier.xml."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import Final

from dossier.check.subject import PROOF_LIMIT_BYTES, InspectedContainer
from dossier.erds.record import MessageRecord
from dossier.erds.record_xml import EVIDENCE, LIMIT_BYTES, RECORD, RecordUnreadable, parse_record
from dossier.packaging.container import Container, ContainerError
from dossier.packaging.description import EvidenceKind
from signing.keys.keypair import Certificate

_ENDINGS: Final[Mapping[EvidenceKind, tuple[str, str]]] = MappingProxyType(
    {
        EvidenceKind.CERTIFICATE: ("evidence/certificates/", ".pem"),
        EvidenceKind.TREE_HEAD_TOKEN: ("evidence/tree-heads/", ".tst"),
    }
)
"""How the files of each kind are named here, where no index lists them."""


class EvidenceSubject(InspectedContainer):
    """Holds an open container whose index is the record."""

    @property
    def record(self) -> MessageRecord | None:
        return self._record_or_reason[0]

    @property
    def record_trouble(self) -> str:
        return self._record_or_reason[1]

    @cached_property
    def _record_or_reason(self) -> tuple[MessageRecord | None, str]:
        try:
            return parse_record(self.container.read(RECORD, limit_bytes=LIMIT_BYTES)), ""
        except ContainerError as error:
            return None, error.detail
        except RecordUnreadable as error:
            return None, str(error)

    def _evidence(self, kind: EvidenceKind) -> Iterator[bytes]:
        start, end = _ENDINGS.get(kind, ("", ""))
        for name in self.container.names:
            if start and name.startswith(start) and name.endswith(end):
                try:
                    yield self.container.read(name, limit_bytes=PROOF_LIMIT_BYTES)
                except ContainerError:
                    continue  # too long to be one


def subject_of(container: Container, anchors: tuple[Certificate, ...], now: datetime) -> InspectedContainer:
    """Whichever of our files this is."""
    is_evidence = container.holds(RECORD) and container.holds(EVIDENCE)
    return (EvidenceSubject if is_evidence else InspectedContainer)(container, anchors, now)
