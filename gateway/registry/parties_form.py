"""What a parties file may hold. Strict: an unknown key is a problem."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from contracts.party import Channel, PartyRole
from gateway.config.yaml_form import Form
from gateway.registry.routes_form import RouteForm
from gateway.registry.terms_form import PARTY_ID, AgreementForm

_Id = Annotated[str, Field(pattern=PARTY_ID)]
_Bin = Annotated[str, Field(pattern=r"^[0-9]{12}$")]


class NameForm(Form):
    """What a party is called."""

    kk: str = Field(min_length=1)
    ru: str = Field(min_length=1)
    en: str = Field(min_length=1)


class PartyForm(Form):
    """One party. ``certificates``: PEM inline or paths."""

    party_id: _Id
    role: PartyRole
    bin: _Bin
    name: NameForm
    channel: Channel
    endpoint: str | None = Field(default=None, pattern=r"^https?://[^\s/]+(/\S*)?$")
    higher: _Id | None = None
    kato: str | None = Field(default=None, pattern=r"^[0-9]{9}$")
    contact: str | None = Field(default=None, min_length=1, max_length=200, pattern=r"^[^\r\n]+$")
    certificates: list[str] = Field(min_length=1)


class PartiesForm(Form):
    """The file. Without ``routes`` those in force stay; an empty list takes them all away."""

    version: Literal[1]
    parties: list[PartyForm]
    agreements: list[AgreementForm] = Field(default=[])
    routes: list[RouteForm] | None = None
    duty_body: _Id | None = None
