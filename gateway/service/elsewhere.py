"""Sign in by an account elsewhere: asked there, proved by what comes back, judged by what the settings say."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from contracts.identity import Identity, IdentityRefused, Question
from gateway.domain.access import Role, SignsIn
from gateway.domain.elsewhere import Admission, NotAdmitted, Terms, name_by_claim, role_by_claim
from gateway.ports.outside import IdentityProvider
from gateway.ports.users import AddUser, AuditNote, BindIdentity, ChangeRole, FailedLogin, Session, User
from gateway.service.signin import Desk, open_session

_BY: Final = "identity provider"
_HOW: Final = "by the identity provider"
ANSWER_WITHIN: Final = timedelta(minutes=10)
"""Whoever takes longer to sign in there begins anew here."""


@dataclass(slots=True)
class Spent:
    """Questions that were answered, in this process; the provider itself takes no code twice."""

    states: dict[str, datetime] = field(default_factory=dict)

    def is_first(self, state: str, now: datetime) -> bool:
        """Whether it comes back for the first time."""
        self.states = {one: at for one, at in self.states.items() if now - at < ANSWER_WITHIN}
        is_first = state not in self.states
        self.states[state] = now
        return is_first


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Where people have their accounts, and what these are worth here."""

    provider: IdentityProvider
    terms: Terms
    spent: Spent = field(default_factory=Spent)


@dataclass(frozen=True, slots=True)
class Came:
    """Who came back: by which address, by which browser."""

    remote: str
    agent: str


def question_of(seed: str) -> Question:
    """All of a sign-in follows from one secret that only the browser holds, so that any node can judge the answer."""
    state, nonce, verifier = (_derived(seed, label) for label in ("state", "nonce", "verifier"))
    return Question(state, nonce, verifier)


def farewell_state(seed: str) -> str:
    """What a sign-out there is known by, from the secret that only the browser holds."""
    return _derived(seed, "farewell")


def is_open_elsewhere(session: Session) -> bool:
    """Whether it was opened by an account elsewhere: whoever changes between ways to sign in loses their sessions."""
    return session.user.signs_in is SignsIn.ELSEWHERE


async def sign_in_elsewhere(desk: Desk, elsewhere: Elsewhere, code: str, question: Question, came: Came) -> str | None:
    """The token of a new session; None when there is none, and the audit log says why. Raises ProviderAway."""
    if not elsewhere.spent.is_first(question.state, desk.clock.now()):
        await refuse(desk, "the answer was given before", came)
        return None
    try:
        identity = await elsewhere.provider.identify(code, question)
    except IdentityRefused as refused:
        await refuse(desk, str(refused), came)
        return None
    user = await _user_of(desk, elsewhere.terms, identity)
    if isinstance(user, NotAdmitted):
        await refuse(desk, user.value, came)
        return None
    against = await _against(desk, elsewhere.terms, identity, user)
    if against is not None:
        await refuse(desk, against, came, user)
        return None
    return await open_session(desk, user, remote=came.remote, agent=came.agent, by=_HOW)


async def refuse(desk: Desk, why: str, came: Came, user: User | None = None) -> None:
    """One line of the audit log; of strangers only so many an hour, as at the login."""
    now = desk.clock.now()
    if user is not None:
        note = AuditNote(_BY, "session.opened", f"user:{user.user_id}", f"from {came.remote}", f"refused: {why}", now)
        await desk.users.note(note)
    elif desk.strangers.is_noted(now):
        await desk.users.fail_login(FailedLogin(None, f"identity provider: {why}", came.remote, now))


async def _user_of(desk: Desk, terms: Terms, identity: Identity) -> User | NotAdmitted:
    """By the account, which never becomes another's, and only the first time by the name that it claims."""
    digest = identity_digest(identity)
    known = await desk.users.user_by_identity(digest)
    if known is not None:
        return known
    name = name_by_claim(identity.claims, terms)
    if isinstance(name, NotAdmitted):
        return name
    by_name = await desk.users.credentials_of(name)
    if by_name is None and terms.admission is Admission.KNOWN:
        return NotAdmitted.STRANGER
    if by_name is None:
        return await _added(desk, terms, identity, name)
    against = await desk.users.change_user(BindIdentity(name, digest, _BY, desk.clock.now()))
    return NotAdmitted.TAKEN if against is not None else by_name.user


async def _added(desk: Desk, terms: Terms, identity: Identity, name: str) -> User | NotAdmitted:
    role = role_by_claim(identity.claims, terms)
    if isinstance(role, NotAdmitted):
        return role
    digest, now = identity_digest(identity), desk.clock.now()
    added = AddUser(name, role, "", _BY, now, signs_in=SignsIn.ELSEWHERE, identity_sha256=digest)
    if await desk.users.change_user(added) is not None:
        return NotAdmitted.TAKEN
    return await desk.users.user_by_identity(digest) or NotAdmitted.TAKEN


async def _against(desk: Desk, terms: Terms, identity: Identity, user: User) -> str | None:
    """What stands against a session of the user; where roles follow the claim, it does so before the session opens."""
    if user.disabled_at is not None:
        return "the user is disabled"
    if user.signs_in is SignsIn.HERE:
        return "the user signs in by a password"
    if terms.admission is Admission.KNOWN:
        return None
    role = role_by_claim(identity.claims, terms)
    if isinstance(role, NotAdmitted):
        return role.value
    return await _role_follows(desk, user, role)


async def _role_follows(desk: Desk, user: User, role: Role) -> str | None:
    if role is user.role:
        return None
    change = ChangeRole(user.name, role, "as the identity provider says", _BY, desk.clock.now())
    against = await desk.users.change_user(change)
    return None if against is None else "the role that the claim gives cannot be given"


def identity_digest(identity: Identity) -> str:
    """As the database knows an account elsewhere. A subject is unique at its issuer only."""
    return hashlib.sha256(f"{identity.issuer}\n{identity.subject}".encode()).hexdigest()


def _derived(seed: str, label: str) -> str:
    digest = hmac.digest(seed.encode(), f"dalel sign-in {label}".encode(), hashlib.sha256)
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
