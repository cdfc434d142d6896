"""Settings about alarms: the section ``[alarms]`` of the settings file. Limits, rhythm, and who is told how."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from datetime import timedelta
from email.headerregistry import Address
from pathlib import Path
from typing import Any, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from gateway.domain.alarms.kinds import AlarmLimits
from gateway.domain.alarms.letter import AlarmChannel, Recipient, Speech
from gateway.domain.alarms.rule import AlarmRhythm
from gateway.domain.delivery.escalation import EscalationStep
from signing.errors import KeyUnusable
from signing.keys.files import read_password

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,30}")
_SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - what every secret of Standard Webhooks begins with
_DEFAULT: Final = AlarmLimits()


def _default_s(name: str) -> Any:  # noqa: ANN401 - pydantic's Field() is typed Any
    return Field(default=getattr(_DEFAULT, name).total_seconds(), gt=0)


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LimitSettings(_Section):
    """When a condition is one; the defaults and their reasons stand in ``gateway.domain.alarms.kinds.Limits``."""

    silent_for_s: float = _default_s("silent_for")
    near_within_s: float = _default_s("near_within")
    breached_within_s: float = _default_s("breached_within")
    certificate_days: tuple[int, ...] = _DEFAULT.certificate_days
    seal_late_for_s: float = _default_s("seal_late_for")
    stamp_late_for_s: float = _default_s("stamp_late_for")
    disk_free_bytes: int = Field(default=_DEFAULT.disk_free_bytes, ge=0)
    refusals: int = Field(default=_DEFAULT.refusals, ge=1)
    refusals_times: float = Field(default=_DEFAULT.refusals_times, ge=0)
    dead_letters: int = Field(default=_DEFAULT.dead_letters, ge=1)
    node_lost_for_s: float = _default_s("node_lost_for")
    unled_for_s: float = _default_s("unled_for")
    failing_tries: int = Field(default=_DEFAULT.failing_tries, ge=1)

    def limits(self) -> AlarmLimits:
        """As the rules take them."""
        values: dict[str, Any] = {}
        for name, value in self.model_dump().items():
            values |= {name[:-2]: timedelta(seconds=value)} if name.endswith("_s") else {name: value}
        return AlarmLimits(**values)


class MailTo(_Section):
    """Somebody who is told by e-mail of what is as loud as ``level``, or louder."""

    address: str
    language: Speech = "ru"
    level: EscalationStep = EscalationStep.WARN

    @field_validator("address")
    @classmethod
    def _one_address(cls, address: str) -> str:
        return _addressed(address)


class MailSettings(_Section):
    """By which server e-mail goes out, and to whom. ``ca_file``: who vouches for it; None: as usual."""

    host: str = Field(min_length=1, pattern=r"^[A-Za-z0-9.:_-]+$")
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"  # none: on this machine only
    user: str | None = None
    password_file: Path | None = None  # first line; mode 0600
    ca_file: Path | None = None
    sender: str
    within_s: float = Field(default=20, gt=0, le=300)  # for one message
    to: tuple[MailTo, ...] = Field(min_length=1)

    @field_validator("sender")
    @classmethod
    def _one_address(cls, address: str) -> str:
        return _addressed(address)

    @model_validator(mode="after")
    def _safe(self) -> Self:
        if (self.user is None) != (self.password_file is None):
            raise ValueError("alarms.mail: user goes with password_file, and none without the other")
        if self.security == "none" and self.host not in {"localhost", "127.0.0.1", "::1"}:
            raise ValueError("alarms.mail: security none is for a server on this machine; set starttls or tls")
        return self


class WebhookSettings(_Section):
    """A webhook (Standard Webhooks): ``secret_file`` holds ``whsec_`` and 24 to 64 bytes in base64; mode 0600."""

    name: str = Field(pattern=rf"^{_NAME.pattern}$")  # on pages and in commands, where no address need stand
    url: str
    secret_file: Path
    language: Speech = "ru"
    level: EscalationStep = EscalationStep.WARN
    within_s: float = Field(default=15, gt=0, le=60)

    @field_validator("url")
    @classmethod
    def _http_url(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.password:
            raise ValueError("write an http or https address, without a name and password in it")
        return url


class AlarmSettings(_Section):
    """All of it; without ``mail`` and ``webhooks`` alarms are told on the console, by command and in the log only."""

    look_every_s: float = Field(default=20, gt=0)  # how late a condition may be noticed
    quiet_s: float = Field(default=300, gt=0)  # not seen for so long it is over; doubles with each return
    escalate_after_s: float = Field(default=1800, gt=0)  # unacknowledged, it is told as louder, to further addresses
    remind_every_s: float = Field(default=4 * 3600, gt=0)  # of what is as loud as it becomes
    check_every_s: float = Field(default=10, gt=0)  # between two steps of the check of the ledger
    check_records: int = Field(default=1000, ge=1, le=10_000)  # of one step; some hundredths of a second
    limits: LimitSettings = LimitSettings()
    mail: MailSettings | None = None
    webhooks: tuple[WebhookSettings, ...] = ()

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        names = [one.name for one in self.webhooks]
        if len(set(names)) != len(names):
            raise ValueError("alarms.webhooks: give each a name of its own")
        return self

    def rhythm(self) -> AlarmRhythm:
        """As the rule takes it."""
        return AlarmRhythm(
            timedelta(seconds=self.quiet_s),
            timedelta(seconds=self.escalate_after_s),
            timedelta(seconds=self.remind_every_s),
        )

    def recipients(self) -> Iterator[Recipient]:
        """Everybody who is told."""
        for one in self.mail.to if self.mail else ():
            yield Recipient(AlarmChannel.MAIL, one.address, one.language, one.level)
        for hook in self.webhooks:
            yield Recipient(AlarmChannel.WEBHOOK, hook.name, hook.language, hook.level)


def webhook_secret(file: Path) -> bytes:
    """What the file holds, decoded. Raises KeyUnusable with the file's name, and never with what is in it."""
    text = read_password(file).decode("ascii", "replace").strip().removeprefix(_SECRET_PREFIX)
    try:
        secret = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        secret = b""
    if not 24 <= len(secret) <= 64:
        raise KeyUnusable(f"webhook secret {file}: write whsec_ and 24 to 64 random bytes in base64")
    return secret


def _addressed(address: str) -> str:
    """One address, without a name; whatever could begin another heading is none."""
    try:
        parsed = Address(addr_spec=address)
    except (ValueError, IndexError) as problem:
        raise ValueError(f"{address!r} is no e-mail address") from problem
    if parsed.addr_spec != address or not parsed.domain or not address.isascii() or not address.isprintable():
        raise ValueError(f"{address!r} is no e-mail address")
    return address
