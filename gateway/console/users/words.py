"""What roles, rights and acts on users are called on pages; English words of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from gateway.domain.people.access import PasswordTrouble, Right, UserRole
from gateway.reading.users import UserAct
from gateway.service.people.own_account import PasswordChangeRefusal
from gateway.texts.language import marked

PURPOSES: Final[Mapping[UserRole, str]] = {
    UserRole.VIEWER: marked("looks on"),
    UserRole.OPERATOR: marked("keeps deliveries moving"),
    UserRole.SUPPORT: marked("answers those who call"),
    UserRole.SECURITY_OFFICER: marked("looks into incidents"),
    UserRole.AUDITOR: marked("judges what was done"),
    UserRole.ADMIN: marked("runs the exchange"),
}

ROLE_RIGHTS: Final[Mapping[Right, str]] = {
    Right.SEE: marked("see deliveries, appeals, terms and parties; what citizens wrote is masked"),
    Right.EXPORT: marked("take lists away as CSV"),
    Right.MOVE: marked("resend, park and release deliveries"),
    Right.CANCEL: marked("cancel deliveries, which is final"),
    Right.FIND_PERSON: marked("look for cases by an IIN or BIN; each look is logged"),
    Right.PROBE: marked("send parties a test ping"),
    Right.PAUSE: marked("pause parties, and resume them"),
    Right.ACKNOWLEDGE: marked("acknowledge alarms"),
    Right.HANDLE: marked("write notes and hand them over, take incidents and close them"),
    Right.AUDIT: marked("see the audit log, and who looked at personal data"),
    Right.READ_PERSONAL: marked("read what citizens wrote, and their names; each look is logged"),
    Right.USERS: marked("add users, say what each may do, let in and shut out"),
}

NEW_PASSWORD: Final[Mapping[PasswordTrouble | PasswordChangeRefusal, str]] = {
    PasswordTrouble.SHORT: marked("A password has twelve characters or more; a phrase of several words is best."),
    PasswordTrouble.LONG: marked("A password has two hundred characters at most."),
    PasswordTrouble.EASY: marked("A password does not hold the name, nor a few characters over and over."),
    PasswordChangeRefusal.OLD: marked("The old password is wrong, or your name is locked after too many tries."),
    PasswordChangeRefusal.LINK: marked(
        "The link was used, has ended, or gave way to a newer one. Ask an administrator for another."
    ),
}
NOT_ALIKE: Final = marked("The two are not alike. Type the new password twice.")


ACTS: Final[Mapping[UserAct, tuple[str, str]]] = {
    UserAct.ROLE: (marked("Change the role"), marked("It holds from the next page on that the user loads.")),
    UserAct.LINK: (
        marked("Make a link"),
        marked("By it the user sets a new password, once, within three days. The old one holds until then."),
    ),
    UserAct.ELSEWHERE: (
        marked("Sign in elsewhere"),
        marked("The password is gone; from now on the user signs in at the identity provider only."),
    ),
    UserAct.UNLOCK: (marked("Unlock"), marked("Wrong passwords locked the name; it is open again at once.")),
    UserAct.SIGN_OUT: (marked("End the sessions"), marked("Wherever the user is signed in. They may sign in again.")),
    UserAct.DISABLE: (marked("Disable"), marked("Ends all sessions; the user signs in no more until enabled.")),
    UserAct.ENABLE: (marked("Enable"), marked("The user may sign in again as before.")),
}
"""What the button says, and what it does."""
