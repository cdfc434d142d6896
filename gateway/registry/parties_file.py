"""The parties file: who takes part, on what terms, and who is competent, as people write it in YAML.

The form is strict: an unknown or doubled key, a push party without endpoint, a route to nobody are problems, and all
problems of a file are reported at once, each with its place. Certificates stand inline as PEM or as a path relative
to the file. ``form_of`` writes a registry back with inline certificates, so that it needs no other file.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pydantic import ValidationError

from contracts.party import LocalText, Party, PartyId, Registry, Route
from gateway.config.yaml_form import FormInvalid, error_text, parse_yaml, place_of, write_form
from gateway.registry.parties_check import contradictions
from gateway.registry.parties_form import PartiesForm, PartyForm
from gateway.registry.routes_form import form_of_route, route_from
from gateway.registry.terms_form import agreement_from, form_of_agreement

FORM_VERSION: Final = 1
"""Version of this form, not of the registry; the store numbers registries."""

_PEM: Final = "-----BEGIN CERTIFICATE-----"


def read_parties(path: Path, *, kept: tuple[Route, ...] = ()) -> Registry:
    """Read a parties file, as ``parse_parties`` does. Raises FormInvalid with everything that is wrong with it."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise FormInvalid([f"{path}: cannot be read ({problem}). Name a readable UTF-8 file."]) from problem
    return parse_parties(text, base=path.parent, kept=kept)


def parse_parties(text: str, *, base: Path | None = None, kept: tuple[Route, ...] = ()) -> Registry:
    """Read the form from ``text``; without ``base`` every certificate must stand inline.

    ``kept``: the routes in force, which stay when the form has no key ``routes``. The registry's ``version`` is 0: the
    store gives it its number. Raises FormInvalid.
    """
    form = _validated(parse_yaml(text))
    certificates, unreadable = _certificates(form, base)
    problems = [*unreadable, *contradictions(form, kept), *_shared(form, certificates)]
    if problems:
        raise FormInvalid(problems)
    return Registry(
        version=0,
        parties=tuple(_party(entry, certificates[number]) for number, entry in enumerate(form.parties)),
        agreements=tuple(agreement_from(entry) for entry in form.agreements),
        routes=kept if form.routes is None else tuple(map(route_from, form.routes)),
        duty_body=_id(form.duty_body),
    )


def form_of(registry: Registry) -> str:
    """Write ``registry`` in the form, certificates inline."""
    duty = {"duty_body": str(registry.duty_body)} if registry.duty_body else {}
    return write_form(
        {
            "version": FORM_VERSION,
            "parties": [_party_form(party) for party in registry.parties],
            "agreements": [form_of_agreement(agreement) for agreement in registry.agreements],
            **duty,
            "routes": [form_of_route(route) for route in registry.routes],
        }
    )


# --- reading --------------------------------------------------------------------------------------------------------


def _validated(value: object) -> PartiesForm:
    try:
        return PartiesForm.model_validate(value)
    except ValidationError as problem:
        raise FormInvalid(f"{place_of(error['loc'])}: {error_text(error)}" for error in problem.errors()) from problem


def _certificates(form: PartiesForm, base: Path | None) -> tuple[list[tuple[bytes, ...]], list[str]]:
    """DER of every party's certificates, in the file's order, and what could not be read."""
    found, problems = [], []
    for number, entry in enumerate(form.parties):
        ders: list[bytes] = []
        for index, source in enumerate(entry.certificates):
            try:
                ders += _ders(source, base)
            except (OSError, ValueError) as problem:
                problems.append(f"parties[{number}].certificates[{index}]: no certificate in PEM ({problem})")
        found.append(tuple(ders))
    return found, problems


def _ders(source: str, base: Path | None) -> Iterator[bytes]:
    if _PEM in source:
        pem = source.encode()
    elif base is None:
        raise ValueError("a path means nothing here; put the PEM inline")
    else:
        pem = (base / source).read_bytes()
    for certificate in x509.load_pem_x509_certificates(pem):
        yield certificate.public_bytes(Encoding.DER)


def _shared(form: PartiesForm, certificates: list[tuple[bytes, ...]]) -> Iterator[str]:
    """A certificate names its party, so two parties cannot have the same."""
    owner: dict[bytes, int] = {}
    for number, ders in enumerate(certificates):
        for der in ders:
            if owner.setdefault(der, number) != number:
                yield f"parties[{number}].certificates: the same as of {form.parties[owner[der]].party_id}"


def _party(entry: PartyForm, certificates: tuple[bytes, ...]) -> Party:
    return Party(
        party_id=PartyId(entry.party_id),
        role=entry.role,
        bin=entry.bin,
        name=LocalText(kk=entry.name.kk, ru=entry.name.ru, en=entry.name.en),
        channel=entry.channel,
        endpoint=entry.endpoint,
        certificates=certificates,
        higher=_id(entry.higher),
        kato=entry.kato,
        contact=entry.contact,
    )


def _id(text: str | None) -> PartyId | None:
    return None if text is None else PartyId(text)


# --- writing --------------------------------------------------------------------------------------------------------


def _party_form(party: Party) -> dict[str, Any]:
    return {
        "party_id": str(party.party_id),
        "role": party.role.value,
        "bin": party.bin,
        "name": {"kk": party.name.kk, "ru": party.name.ru, "en": party.name.en},
        "channel": party.channel.value,
        **({"endpoint": party.endpoint} if party.endpoint else {}),
        **({"higher": str(party.higher)} if party.higher else {}),
        **({"kato": party.kato} if party.kato else {}),
        **({"contact": party.contact} if party.contact else {}),
        "certificates": [_pem(der) for der in party.certificates],
    }


def _pem(der: bytes) -> str:
    return x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM).decode()
