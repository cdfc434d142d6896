"""The parties file: who takes part, on what terms, and who is competent, as people write it in YAML.

The form is strict: an unknown or doubled key, a push party without endpoint, a route to nobody are problems, and all
problems of a file are reported at once, each with its place. Certificates stand inline as PEM or as a path relative
to the file. ``form_of`` writes a registry back with inline certificates, so that it needs no other file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import yaml
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pydantic import Field, ValidationError
from pydantic_core import ErrorDetails

from contracts.identifiers import is_valid_bin
from contracts.party import (
    Channel,
    LocalText,
    Party,
    PartyId,
    Registry,
    Role,
    Route,
)
from gateway.domain.terms import problems_of
from gateway.terms_form import PARTY_ID, AgreementForm, Form, agreement_from, form_of_agreement

FORM_VERSION: Final = 1
"""Version of this form, not of the registry; the store numbers registries."""

_PEM: Final = "-----BEGIN CERTIFICATE-----"

_Id = Annotated[str, Field(pattern=PARTY_ID)]
_Bin = Annotated[str, Field(pattern=r"^[0-9]{12}$")]


class PartiesFileInvalid(Exception):
    """The file cannot be applied. ``problems`` holds all of them, each with its place in the file."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class _Name(Form):
    kk: str = Field(min_length=1)
    ru: str = Field(min_length=1)
    en: str = Field(min_length=1)


class _Party(Form):
    party_id: _Id
    role: Role
    bin: _Bin
    name: _Name
    channel: Channel
    endpoint: str | None = Field(default=None, pattern=r"^https?://[^\s/]+(/\S*)?$")
    certificates: list[str] = Field(min_length=1)


class _Route(Form):
    role: Literal["agency", "court"]
    subject: str = Field(pattern=r"^(\*|[A-Za-z0-9._-]+)$")
    kato: str = Field(pattern=r"^(\*|[0-9]{1,9})$")
    party: _Id


class _File(Form):
    version: Literal[1]
    parties: list[_Party]
    agreements: list[AgreementForm] = Field(default=[])
    routes: list[_Route] = Field(default=[])


def read_parties(path: Path) -> Registry:
    """Read a parties file. Raises PartiesFileInvalid with everything that is wrong with it."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise PartiesFileInvalid([f"{path}: cannot be read ({problem}). Name a readable UTF-8 file."]) from problem
    return parse_parties(text, base=path.parent)


def parse_parties(text: str, *, base: Path | None = None) -> Registry:
    """Read the form from ``text``; without ``base`` every certificate must stand inline.

    The registry's ``version`` is 0: the store gives it its number. Raises PartiesFileInvalid.
    """
    form = _validated(_parsed(text))
    certificates, unreadable = _certificates(form, base)
    problems = [*unreadable, *_contradictions(form), *_shared(form, certificates)]
    if problems:
        raise PartiesFileInvalid(problems)
    return Registry(
        version=0,
        parties=tuple(_party(entry, certificates[number]) for number, entry in enumerate(form.parties)),
        agreements=tuple(agreement_from(entry) for entry in form.agreements),
        routes=tuple(Route(Role(entry.role), entry.subject, entry.kato, PartyId(entry.party)) for entry in form.routes),
    )


def form_of(registry: Registry) -> str:
    """Write ``registry`` in the form, certificates inline."""
    return write_form(
        {
            "version": FORM_VERSION,
            "parties": [_party_form(party) for party in registry.parties],
            "agreements": [form_of_agreement(agreement) for agreement in registry.agreements],
            "routes": [
                {"role": route.role.value, "subject": route.subject, "kato": route.kato, "party": str(route.party_id)}
                for route in registry.routes
            ],
        }
    )


def write_form(form: dict[str, Any]) -> str:
    """The YAML text of a form: readable, and digits stay text for every YAML reader."""
    return yaml.dump(form, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120)


# --- reading --------------------------------------------------------------------------------------------------------


class _Loader(yaml.SafeLoader):
    """Safe, and a doubled key is an error: YAML would silently keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - PyYAML's signature
        keys = Counter(key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode))
        doubled = [key for key, count in keys.items() if count > 1]
        if doubled:
            raise yaml.constructor.ConstructorError(None, None, f"key {doubled[0]!r} stands twice", node.start_mark)
        return super().construct_mapping(node, deep)


def _parsed(text: str) -> object:
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - _Loader is a SafeLoader
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark
        place = f"line {mark.line + 1}" if mark else "the file"
        raise PartiesFileInvalid([f"{place}: {problem.problem or 'no YAML'}"]) from problem
    except yaml.YAMLError as problem:
        raise PartiesFileInvalid([f"the file: no YAML ({problem})"]) from problem


def _validated(value: object) -> _File:
    try:
        return _File.model_validate(value)
    except ValidationError as problem:
        raise PartiesFileInvalid(_told(error) for error in problem.errors()) from problem


def _told(error: ErrorDetails) -> str:
    quotes = " (in quotes, or YAML takes it for a number)" if error["type"] == "string_type" else ""
    return f"{_place(error['loc'])}: {error['msg']}{quotes}"


def _place(loc: tuple[int | str, ...]) -> str:
    """``('parties', 2, 'bin')`` as ``parties[2].bin``, counted from 0 as YAML tools do."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc).lstrip(".") or "the file"


def _certificates(form: _File, base: Path | None) -> tuple[list[tuple[bytes, ...]], list[str]]:
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


def _contradictions(form: _File) -> Iterator[str]:
    """What each entry alone does not show."""
    known = {entry.party_id: entry for entry in form.parties}
    if sum(entry.role is Role.EXCHANGE for entry in form.parties) > 1:
        yield "parties: more than one has the role exchange; that is this exchange itself"
    yield from _doubled("parties", [entry.party_id for entry in form.parties])
    yield from _doubled("agreements", [entry.party_id for entry in form.agreements])
    yield from _doubled("routes", [(entry.role, entry.subject, entry.kato) for entry in form.routes])
    for number, party in enumerate(form.parties):
        if not is_valid_bin(party.bin):
            yield f"parties[{number}].bin: {party.bin} is no BIN that was ever issued (check digit)"
        if (party.channel is Channel.PUSH) != (party.endpoint is not None):
            need = "needs an endpoint" if party.channel is Channel.PUSH else "has no endpoint: it fetches"
            yield f"parties[{number}].endpoint: a {party.channel} party {need}"
    for number, agreement in enumerate(form.agreements):
        if agreement.party_id not in known:
            yield f"agreements[{number}].party_id: no party {agreement.party_id} in this file"
        yield from (f"agreements[{number}].{problem}" for problem in problems_of(agreement_from(agreement)))
    for number, route in enumerate(form.routes):
        target = known.get(route.party)
        if target is None:
            yield f"routes[{number}].party: no party {route.party} in this file"
        elif target.role != route.role:
            yield f"routes[{number}].party: {route.party} has the role {target.role}, this route needs {route.role}"


def _doubled(where: str, keys: list[Any]) -> Iterator[str]:
    first: dict[Any, int] = {}
    for number, key in enumerate(keys):
        if key in first:
            yield f"{where}[{number}]: says again what {where}[{first[key]}] says"
        first.setdefault(key, number)


def _shared(form: _File, certificates: list[tuple[bytes, ...]]) -> Iterator[str]:
    """A certificate names its party, so two parties cannot have the same."""
    owner: dict[bytes, int] = {}
    for number, ders in enumerate(certificates):
        for der in ders:
            if owner.setdefault(der, number) != number:
                yield f"parties[{number}].certificates: the same as of {form.parties[owner[der]].party_id}"


def _party(entry: _Party, certificates: tuple[bytes, ...]) -> Party:
    return Party(
        party_id=PartyId(entry.party_id),
        role=entry.role,
        bin=entry.bin,
        name=LocalText(kk=entry.name.kk, ru=entry.name.ru, en=entry.name.en),
        channel=entry.channel,
        endpoint=entry.endpoint,
        certificates=certificates,
    )


# --- writing --------------------------------------------------------------------------------------------------------


class _Dumper(yaml.SafeDumper):
    """PEM reads as a block, digits are quoted (YAML 1.1 and 1.2 read them differently), the rest as PyYAML does it."""


def _text_node(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else "'" if text.isdigit() else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text_node)


def _party_form(party: Party) -> dict[str, Any]:
    return {
        "party_id": str(party.party_id),
        "role": party.role.value,
        "bin": party.bin,
        "name": {"kk": party.name.kk, "ru": party.name.ru, "en": party.name.en},
        "channel": party.channel.value,
        **({"endpoint": party.endpoint} if party.endpoint else {}),
        "certificates": [_pem(der) for der in party.certificates],
    }


def _pem(der: bytes) -> str:
    return x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM).decode()
