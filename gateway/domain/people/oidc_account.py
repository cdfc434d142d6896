"""What an account elsewhere is worth here: the name it gets, and the role, or why none. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from gateway.domain.people.access import USER_NAME, UserRole


class OidcAdmission(StrEnum):
    """Whom the settings let in who proved an account elsewhere."""

    KNOWN = "known"  # whom an administrator added; the role is the one given here
    BY_CLAIM = "by_claim"  # whoever has a claim that a role is mapped to; the role follows the claim at each sign-in


@dataclass(frozen=True, slots=True)
class OidcTerms:
    """As the settings say. ``name_claim``, ``role_claim``: dots lead into claims that hold others.

    ``roles``: by the value that stands in the claim.
    """

    admission: OidcAdmission = OidcAdmission.KNOWN
    name_claim: str = "preferred_username"
    role_claim: str = "groups"
    roles: Mapping[str, UserRole] = field(default_factory=dict)


class OidcRejection(StrEnum):
    """Why not, as the audit log tells it."""

    NO_ROLE = "no claim gives a role"
    SEVERAL_ROLES = "the claims give several roles; one person has one"
    NO_NAME = "the claim for the name holds none that could be one here"
    STRANGER = "no such user"
    TAKEN = "the name is another user's"


_DEPTH: Final = 5


def role_by_claim(claims: Mapping[str, object], terms: OidcTerms) -> UserRole | OidcRejection:
    """The one role that the claim gives. Several are none: which of them counts is for the provider to say."""
    found = _at(claims, terms.role_claim)
    values = found if isinstance(found, list) else [found]
    roles = {terms.roles[one] for one in values if isinstance(one, str) and one in terms.roles}
    if len(roles) == 1:
        return next(iter(roles))
    return OidcRejection.SEVERAL_ROLES if roles else OidcRejection.NO_ROLE


def name_by_claim(claims: Mapping[str, object], terms: OidcTerms) -> str | OidcRejection:
    """In lower case, as names are here."""
    found = _at(claims, terms.name_claim)
    name = found.lower() if isinstance(found, str) else ""
    return name if USER_NAME.fullmatch(name) else OidcRejection.NO_NAME


def _at(claims: Mapping[str, object], path: str) -> object:
    """A claim that is so called as a whole goes first: some are named by an address."""
    if path in claims:
        return claims[path]
    found: object = claims
    for name in path.split(".")[:_DEPTH]:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found
