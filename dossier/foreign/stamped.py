"""The octets that a time stamp must be over, digested as they come (EN 319 132-1 §5.3 and §5.5.2.2)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from dossier.foreign.algorithms import IS_EXCLUSIVE
from dossier.foreign.archive import Archive
from dossier.foreign.coverage import file_name_of
from dossier.foreign.errors import ContainerUnreadable
from dossier.foreign.markup import at_most_one, canonical
from dossier.foreign.signature import EmbeddedStamp, ForeignSignature
from dossier.foreign.value import signed_properties
from signing.xades.values import DS


class StampedSignature:
    """One signature with its files. The files are read once per digest, however many archive stamps are over them."""

    def __init__(self, archive: Archive, signature: ForeignSignature) -> None:
        self.signature = signature
        self._archive = archive
        self._covered: dict[str, Any] = {}  # hashlib's objects have no public type

    def digest(self, stamp: EmbeddedStamp, name: str) -> bytes:
        """By the ``hashlib`` name. Raises ``Unreadable`` or ``ContainerError`` where something is not there."""
        if all(stamp is not archive_stamp for archive_stamp in self.signature.archive_stamps):
            digest, pieces = hashlib.new(name), self._canonical(stamp, ("SignatureValue",))
        else:
            digest, pieces = self._over_files(name), self._archived(stamp)
        for piece in pieces:
            digest.update(piece)
        return bytes(digest.digest())

    def _over_files(self, name: str) -> Any:  # noqa: ANN401
        if name not in self._covered:
            digest = hashlib.new(name)
            for piece in self._files():
                digest.update(piece)
            self._covered[name] = digest
        return self._covered[name].copy()

    def _files(self) -> Iterator[bytes]:
        """All that is signed, in the order of the references; a file named twice would be read without end."""
        if len({reference.uri for reference in self.signature.covered}) < len(self.signature.covered):
            raise ContainerUnreadable("one file is covered twice")
        for reference in self.signature.covered:
            name = file_name_of(reference.uri)
            if reference is self.signature.properties:
                yield signed_properties(self.signature)
            elif name is None or not self._archive.holds(name):
                raise ContainerUnreadable("what an archive time stamp covers is not there")
            else:
                yield from self._archive.chunks(name)

    def _archived(self, stamp: EmbeddedStamp) -> Iterator[bytes]:
        """The signature, its key, and the unsigned properties before the stamp.

        The only Object is the one that holds the properties, so there is none to add at the end.
        """
        yield from self._canonical(stamp, ("SignedInfo", "SignatureValue", "KeyInfo"))
        for before in reversed(list(stamp.node.itersiblings(preceding=True))):
            yield canonical(before, exclusive=IS_EXCLUSIVE[stamp.canonicalization])

    def _canonical(self, stamp: EmbeddedStamp, names: Sequence[str]) -> Iterator[bytes]:
        for name in names:
            node = at_most_one(self.signature.node, f"{{{DS}}}{name}")
            if node is not None:
                yield canonical(node, exclusive=IS_EXCLUSIVE[stamp.canonicalization])
