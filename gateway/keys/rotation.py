"""Replacing a key of ours: the next pair is made or checked, the old one kept beside it, the new one put in place.

Order matters. A certificate is registered before its key signs, and peers get it before that; the old pair stays until
its certificate ends, so that whoever has to go back can.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

from contracts.party import PartyId, Registry
from gateway.keys.place import KeyName, KeyPlace
from signing.errors import KeyUnusable
from signing.keys.files import PKCS12_SUFFIXES, load_pair, write_certificate, write_private_key
from signing.keys.keypair import Certificate, SoftwareKey
from signing.keys.pkcs11_uri import TokenUri
from signing.trust.subject import read_subject


class IssueKey(Protocol):
    """An authority of this installation that makes a key for a legal entity, good for what ``name`` is used for."""

    def __call__(self, holder: str, *, bin: str, name: KeyName, now: datetime) -> SoftwareKey: ...  # noqa: A002


class RotationRefused(Exception):
    """The key cannot be replaced so; the text says what to do instead. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class PairFiles:
    """The PEM files of a key that we may replace, and those of its predecessor and successor beside them."""

    key: Path
    certificate: Path

    @classmethod
    def of(cls, place: KeyPlace) -> PairFiles:
        """Raises ``RotationRefused`` for a key whose file or token only its owner can fill."""
        if isinstance(place.key, TokenUri):
            raise RotationRefused(
                f"{place} is in a token. Make the next key and its certificate there, under the same label, register "
                "the certificate (dalel parties apply), then: dalel keys reload"
            )
        if place.key.suffix.lower() in PKCS12_SUFFIXES:
            raise RotationRefused(
                f"{place} is a key store. Register the certificate of the next one (dalel parties apply), then put it "
                "in the old one's place: the running exchange takes it up by itself"
            )
        return cls(place.key, place.certificate)

    def beside(self, word: str) -> PairFiles:
        """``exchange.key`` → ``exchange.WORD.key``, and the same for its certificate."""
        return PairFiles(*(path.with_name(f"{path.stem}.{word}{path.suffix}") for path in (self.key, self.certificate)))

    def load(self) -> SoftwareKey:
        """Raises ``KeyUnusable``. Our own pairs are written without a password."""
        return load_pair(self.key, self.certificate)

    def write(self, key: SoftwareKey) -> None:
        write_private_key(self.key, key)
        write_certificate(self.certificate, key.certificate)

    def exists(self) -> bool:
        return self.key.exists() and self.certificate.exists()

    def remove(self) -> None:
        self.key.unlink(missing_ok=True)
        self.certificate.unlink(missing_ok=True)


def next_pair(place: KeyPlace, issue: IssueKey | None, *, now: datetime) -> SoftwareKey:
    """The pair prepared before, or else a fresh one that ``issue`` makes; None: there is no such authority.

    The fresh one names the holder as the old one does. Raises ``RotationRefused``, ``KeyUnusable``.
    """
    prepared = PairFiles.of(place).beside("next")
    if prepared.exists():
        return prepared.load()
    if issue is None:
        raise RotationRefused(
            "This installation has no authority of its own. Get a pair from yours, then: "
            f"dalel keys rotate {place.name} --key FILE --certificate FILE"
        )
    held = read_subject(place.load(now).certificate)
    if held.bin is None:
        raise RotationRefused(f"the certificate of {place} names no BIN to make the next one for; name files")
    holder = held.organisation or held.common_name or held.bin
    return issue(holder, bin=held.bin, name=place.name, now=now)


def require_fit(key: SoftwareKey, place: KeyPlace, *, now: datetime) -> None:
    """Raises ``KeyUnusable`` for a pair that could not sign now, or that is not for what this key is for."""
    certificate = key.certificate
    if not certificate.is_in_force(now):
        span = f"{certificate.not_before:%Y-%m-%d} to {certificate.not_after:%Y-%m-%d}"
        raise KeyUnusable(f"the certificate of {certificate.subject} is in force from {span}, not now")
    if certificate == place.load(now).certificate:
        raise KeyUnusable(f"the certificate of {certificate.subject} is the one in force already")


def registered(registry: Registry, us: PartyId, certificate: Certificate) -> Registry:
    """The registry with ``certificate`` beside those that we have in it. Raises ``RotationRefused``."""
    ours = next((party for party in registry.parties if party.party_id == us), None)
    if ours is None:
        raise RotationRefused(
            f"the registry has no party {us}, which we are; name it in the parties file and apply that"
        )
    if certificate.der in ours.certificates:
        return registry
    both = replace(ours, certificates=(*ours.certificates, certificate.der))
    return replace(registry, parties=tuple(both if party is ours else party for party in registry.parties))


def prepare(place: KeyPlace, key: SoftwareKey) -> PairFiles:
    """Keep ``key`` beside the pair in force, to be put in its place later."""
    prepared = PairFiles.of(place).beside("next")
    prepared.write(key)
    return prepared


def install(place: KeyPlace, key: SoftwareKey) -> PairFiles:
    """Put ``key`` in force; returns where the old pair is kept.

    A running exchange that looks between the two writes sees halves that do not match, and keeps the old pair.
    """
    files = PairFiles.of(place)
    old = files.load()
    kept = files.beside(old.certificate.sha256[:8])
    kept.write(old)
    files.write(key)
    files.beside("next").remove()
    return kept
