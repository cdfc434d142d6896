"""A party's folder: ``party.toml`` beside ``key.pem``, ``cert.pem`` and, once it has run, ``state.db``."""

from __future__ import annotations

import dataclasses
import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from connectors.sandbox.behaviour import Behaviour, Bend, BendKind
from contracts.party import PartyId, PartyRole

FILE_NAME: Final = "party.toml"


class PartyFileInvalid(ValueError):
    """``party.toml`` cannot be used; the words say which entry and why."""


@dataclass(frozen=True, slots=True)
class PartyFile:
    """What one simulated party needs to run. ``listen_port`` 0: it cannot be called and fetches from the mailbox."""

    folder: Path
    party_id: PartyId
    kind: PartyRole
    listen_port: int
    control_port: int
    exchange_id: PartyId
    exchange_url: str
    exchange_certificate: Path
    anchors: tuple[Path, ...] = ()
    poll_seconds: float = 0.5
    behaviour: Behaviour = field(default_factory=Behaviour)
    bends: tuple[Bend, ...] = ()

    @property
    def inbox_url(self) -> str:
        """Where this party is called; belongs into its row of ``parties.yaml``."""
        return f"http://127.0.0.1:{self.listen_port}/inbox"


def read_party(folder: Path) -> PartyFile:
    """Read ``party.toml``; relative paths are taken from its folder. Raises ``PartyFileInvalid``."""
    path = folder / FILE_NAME
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        return _party_of(folder, table)
    except (OSError, tomllib.TOMLDecodeError, TypeError, ValueError, KeyError) as error:
        raise PartyFileInvalid(f"{path}: {type(error).__name__} {error}") from error


def _party_of(folder: Path, table: Mapping[str, Any]) -> PartyFile:
    known = {field.name for field in dataclasses.fields(PartyFile)} - {"folder", "bends"} | {"bend"}
    if unknown := sorted(set(table) - known):
        raise PartyFileInvalid(f"unknown entries: {', '.join(unknown)}")
    return PartyFile(
        folder=folder,
        party_id=PartyId(table["party_id"]),
        kind=PartyRole(table["kind"]),
        listen_port=int(table.get("listen_port", 0)),
        control_port=int(table["control_port"]),
        exchange_id=PartyId(table["exchange_id"]),
        exchange_url=str(table["exchange_url"]),
        exchange_certificate=folder / table["exchange_certificate"],
        anchors=tuple(folder / anchor for anchor in table.get("anchors", [])),
        poll_seconds=float(table.get("poll_seconds", 0.5)),
        behaviour=Behaviour(**table.get("behaviour", {})),
        bends=tuple(bend_of(entry) for entry in table.get("bend", [])),
    )


def bend_of(entry: Mapping[str, Any]) -> Bend:
    """A bend from TOML or JSON. Raises ValueError or TypeError for a kind or an entry that does not exist."""
    times = entry.get("times")
    rest = {name: value for name, value in entry.items() if name not in {"kind", "seconds", "times"}}
    return Bend(
        kind=BendKind(entry.get("kind", "")),
        seconds=float(entry.get("seconds", 0.0)),
        times=None if times is None else int(times),
        **rest,
    )


def write_party(
    folder: Path,
    *,
    party_id: str,
    kind: str,
    control_port: int,
    exchange_url: str,
    exchange_certificate: Path,
    listen_port: int = 0,
    exchange_id: str = "dalel",
    anchors: Iterable[Path] = (),
    poll_seconds: float = 0.5,
    behaviour: Behaviour | None = None,
    bends: Iterable[Bend] = (),
) -> PartyFile:
    """Write ``party.toml`` into ``folder``; ``key.pem`` and ``cert.pem`` are the caller's to put beside it."""
    top = {
        "party_id": party_id,
        "kind": PartyRole(kind).value,
        "listen_port": listen_port,
        "control_port": control_port,
        "exchange_id": exchange_id,
        "exchange_url": exchange_url,
        "exchange_certificate": str(exchange_certificate),
        "anchors": [str(anchor) for anchor in anchors],
        "poll_seconds": poll_seconds,
    }
    parts = [_lines(top), "[behaviour]\n" + _lines(dataclasses.asdict(behaviour or Behaviour()))]
    parts += ["[[bend]]\n" + _lines(dataclasses.asdict(bend)) for bend in bends]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE_NAME).write_text("\n".join(parts), encoding="utf-8")
    return read_party(folder)


def _lines(table: Mapping[str, Any]) -> str:
    """TOML for flat tables: a JSON string, number, boolean or list of strings is written alike in both."""
    return "".join(
        f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in table.items() if value is not None
    )
