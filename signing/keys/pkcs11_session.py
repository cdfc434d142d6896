"""Sessions with PKCS#11 tokens: opened once, shared by every key in a token, opened again when they are lost.

Cryptoki knows one login per process and token (PKCS#11 v2.40 §6.7.4): a session of one's own that ends would log all
others out. So there is one session for each token of this process, and it is kept here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from threading import RLock
from typing import Final, TypeVar

import pkcs11
from pkcs11 import PKCS11Error, Session

from signing.errors import KeyUnavailable, KeyUnusable
from signing.keys.files import Password

T = TypeVar("T")

_PIN_REFUSED: Final = (
    pkcs11.PinIncorrect,
    pkcs11.PinInvalid,
    pkcs11.PinLenRange,
    pkcs11.PinExpired,
    pkcs11.PinLocked,
    pkcs11.UserPinNotInitialized,
)


class HardwareToken:
    """One token, logged in when first needed. Calls from several threads take turns, as most tokens do anyway."""

    def __init__(self, module: Path, label: str | None, serial: str | None) -> None:
        self._module, self._label, self._serial = module, label, serial
        self._lock = RLock()
        self._session: Session | None = None
        self._refused_pin: bytes | None = None

    @classmethod
    def of(cls, module: Path, label: str | None, serial: str | None) -> HardwareToken:
        """The one object for this token in this process."""
        return _shared(module, label, serial)

    def do(self, work: Callable[[Session], T], pin: Password) -> T:
        """Do ``work`` in the session; when that was lost meanwhile, once more in a fresh one.

        Raises ``KeyUnavailable`` when the token does not answer, ``KeyUnusable`` when it refuses the PIN.
        """
        with self._lock:
            if self._session is not None:
                try:
                    return work(self._session)
                except PKCS11Error:  # a token pulled out and put back, a daemon restarted: its handles mean nothing now
                    self._leave()
            with self._translated():
                self._session = self._open(pin)
                return work(self._session)

    def _leave(self) -> None:
        """Tokens have few sessions, so one that may still be open is closed; a lost one says that it is lost."""
        session, self._session = self._session, None
        if session is not None:
            with suppress(PKCS11Error):
                session.close()

    def _open(self, pin: Password) -> Session:
        secret = pin.read()
        if secret is None:
            raise KeyUnusable(f"{self}: it needs its PIN; name a file by pin-source, or in the password_file setting")
        if secret == self._refused_pin:
            raise KeyUnusable(f"{self}: this PIN was refused already and is not tried again, or the token locks itself")
        found = self._find()
        try:
            return found.open(user_pin=secret.decode())
        except pkcs11.UserAlreadyLoggedIn:  # the session was lost and the login was not
            return found.open()
        except _PIN_REFUSED as refused:
            self._refused_pin = secret
            raise KeyUnusable(
                f"{self}: the PIN is refused ({_name(refused)}); correct it before the token locks"
            ) from refused

    def _find(self) -> pkcs11.Token:
        try:
            library = pkcs11.lib(str(self._module))
        except PKCS11Error as error:
            raise KeyUnusable(f"PKCS#11 library {self._module}: {error}; mend module-path") from error
        serial = self._serial.encode() if self._serial is not None else None
        return library.get_token(token_label=self._label, token_serial=serial)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (pkcs11.NoSuchToken, pkcs11.TokenNotPresent) as error:
            self._leave()
            raise KeyUnavailable(f"{self} is not there; put it in, or mend its name in the settings") from error
        except pkcs11.MultipleTokensReturned as error:
            raise KeyUnusable(f"{self}: several tokens have this name; add serial= to the URI") from error
        except PKCS11Error as error:
            self._leave()
            raise KeyUnavailable(f"{self} does not do what it is asked ({_name(error)})") from error

    def __str__(self) -> str:
        return f"token {self._label or self._serial}"


@cache
def _shared(module: Path, label: str | None, serial: str | None) -> HardwareToken:
    return HardwareToken(module, label, serial)


def _name(error: PKCS11Error) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
