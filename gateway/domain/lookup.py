"""A mapping that is looked up when it is asked: most messages ask for none of what it could tell."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from contracts.party import PartyId


class Lookup(Mapping[PartyId, PartyId]):
    """What ``find`` tells of each of ``asked``; whom it tells nothing of is not in it."""

    __slots__ = ("_find", "_keys")

    def __init__(self, keys: Collection[PartyId], find: Callable[[PartyId], PartyId | None]) -> None:
        self._keys = keys
        self._find = find

    def __getitem__(self, party_id: PartyId) -> PartyId:
        found = self._find(party_id) if party_id in self._keys else None
        if found is None:
            raise KeyError(party_id)
        return found

    def __iter__(self) -> Iterator[PartyId]:
        return (party_id for party_id in self._keys if self._find(party_id) is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)
