"""Sign in by an account elsewhere: asked there, proved by what comes back, judged by what the settings say."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from connectors.ports.identity import Identity, IdentityRefused, LoginChallenge
from gateway.domain.people.access import SignInMethod, UserRole
from gateway.domain.people.audit_result import refused as refused_line
from gateway.domain.people.oidc_account import OidcAdmission, OidcRejection, OidcTerms, name_by_claim, role_by_claim
from gateway.ports.outside import IdentityProvider
from gateway.ports.people.users import (
    AddUser,
    AuditNote,
    BindIdentity,
    ChangeRole,
    FailedLogin,
    FindCredentials,
    FindUserByIdentity,
    User,
    UserSession,
)
from gateway.service.people.login import LoginService, open_session

_BY: Final = "identity provider"
_HOW: Final = "by the identity provider"
ANSWER_WITHIN: Final = timedelta(minutes=10)
"""Whoever takes longer to sign in there begins anew here."""


@dataclass(slots=True)
class UsedChallenges:
    """Questions that were answered, in this process; the provider itself takes no code twice."""

    states: dict[str, datetime] = field(default_factory=dict)

    def is_first(self, state: str, now: datetime) -> bool:
        """Whether it comes back for the first time."""
        self.states = {one: at for one, at in self.states.items() if now - at < ANSWER_WITHIN}
        is_first = state not in self.states
        self.states[state] = now
        return is_first


@dataclass(frozen=True, slots=True)
class OidcLogin:
    """Where people have their accounts, and what these are worth here."""

    provider: IdentityProvider
    terms: OidcTerms
    spent: UsedChallenges = field(default_factory=UsedChallenges)


@dataclass(frozen=True, slots=True)
class OidcCallback:
    """Who came back: by which address, by which browser."""

    remote: str
    agent: str


def question_of(seed: str) -> LoginChallenge:
    """All of a sign-in follows from one secret that only the browser holds, so that any node can judge the answer."""
    state, nonce, verifier = (_derived(seed, label) for label in ("state", "nonce", "verifier"))
    return LoginChallenge(state, nonce, verifier)


def end_session_state(seed: str) -> str:
    """What a sign-out there is known by, from the secret that only the browser holds."""
    return _derived(seed, "farewell")


def is_open_at_provider(session: UserSession) -> bool:
    """Whether it was opened by an account elsewhere: whoever changes between ways to sign in loses their sessions."""
    return session.user.signs_in is SignInMethod.ELSEWHERE


async def sign_in_by_oidc(
    login: LoginService, oidc_login: OidcLogin, code: str, question: LoginChallenge, came: OidcCallback
) -> str | None:
    """The token of a new session; None when there is none, and the audit log says why. Raises ProviderAway."""
    if not oidc_login.spent.is_first(question.state, login.clock.now()):
        await refuse(login, "the answer was given before", came)
        return None
    try:
        identity = await oidc_login.provider.identify(code, question)
    except IdentityRefused as refused:
        await refuse(login, str(refused), came)
        return None
    user = await _user_of(login, oidc_login.terms, identity)
    if isinstance(user, OidcRejection):
        await refuse(login, user.value, came)
        return None
    against = await _against(login, oidc_login.terms, identity, user)
    if against is not None:
        await refuse(login, against, came, user)
        return None
    return await open_session(login, user, remote=came.remote, agent=came.agent, by=_HOW)


async def refuse(login: LoginService, why: str, came: OidcCallback, user: User | None = None) -> None:
    """One line of the audit log; of strangers only so many an hour, as at the login."""
    now = login.clock.now()
    if user is not None:
        note = AuditNote(_BY, "session.opened", f"user:{user.user_id}", f"from {came.remote}", refused_line(why), now)
        await login.users.run(note)
    elif login.strangers.is_noted(now):
        await login.users.run(FailedLogin(None, f"identity provider: {why}", came.remote, now))


async def _user_of(login: LoginService, terms: OidcTerms, identity: Identity) -> User | OidcRejection:
    """By the account, which never becomes another's, and only the first time by the name that it claims."""
    digest = identity_digest(identity)
    known = await login.users.run(FindUserByIdentity(digest))
    if known is not None:
        return known
    name = name_by_claim(identity.claims, terms)
    if isinstance(name, OidcRejection):
        return name
    by_name = await login.users.run(FindCredentials(name))
    if by_name is None and terms.admission is OidcAdmission.KNOWN:
        return OidcRejection.STRANGER
    if by_name is None:
        return await _added(login, terms, identity, name)
    against = await login.users.run(BindIdentity(name, digest, _BY, login.clock.now()))
    return OidcRejection.TAKEN if against is not None else by_name.user


async def _added(login: LoginService, terms: OidcTerms, identity: Identity, name: str) -> User | OidcRejection:
    role = role_by_claim(identity.claims, terms)
    if isinstance(role, OidcRejection):
        return role
    digest, now = identity_digest(identity), login.clock.now()
    added = AddUser(name, role, "", _BY, now, signs_in=SignInMethod.ELSEWHERE, identity_sha256=digest)
    if await login.users.run(added) is not None:
        return OidcRejection.TAKEN
    return await login.users.run(FindUserByIdentity(digest)) or OidcRejection.TAKEN


async def _against(login: LoginService, terms: OidcTerms, identity: Identity, user: User) -> str | None:
    """What stands against a session of the user; where roles follow the claim, it does so before the session opens."""
    if user.disabled_at is not None:
        return "the user is disabled"
    if user.signs_in is SignInMethod.HERE:
        return "the user signs in by a password"
    if terms.admission is OidcAdmission.KNOWN:
        return None
    role = role_by_claim(identity.claims, terms)
    if isinstance(role, OidcRejection):
        return role.value
    return await _role_follows(login, user, role)


async def _role_follows(login: LoginService, user: User, role: UserRole) -> str | None:
    if role is user.role:
        return None
    change = ChangeRole(user.name, role, "as the identity provider says", _BY, login.clock.now())
    against = await login.users.run(change)
    return None if against is None else "the role that the claim gives cannot be given"


def identity_digest(identity: Identity) -> str:
    """As the database knows an account elsewhere. A subject is unique at its issuer only."""
    return hashlib.sha256(f"{identity.issuer}\n{identity.subject}".encode()).hexdigest()


def _derived(seed: str, label: str) -> str:
    digest = hmac.digest(seed.encode(), f"dalel sign-in {label}".encode(), hashlib.sha256)
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
