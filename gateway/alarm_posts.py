"""Mail servers and webhooks put together from the settings; for ``bootstrap`` and commands, which alone use it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from pathlib import Path

import aiohttp

from connectors.alarms.mail import Mail, MailServer
from connectors.alarms.webhook import Place, Webhook
from contracts.telling import Told
from gateway.alarm_settings import AlarmSettings, webhook_secret
from gateway.domain.alarm_letter import Channel, Draft, Telling
from gateway.settings import Settings
from signing.keyfiles import read_password


class Posts:
    """``gateway.ports.outside.Messenger`` over what the settings name."""

    def __init__(self, mail: Mail | None, webhooks: Mapping[str, Webhook], *, name: str) -> None:
        self._mail, self._webhooks, self._name = mail, webhooks, name

    async def send(self, draft: Draft, *, letter_id: int, at: datetime) -> Told:
        """What the settings named when it was written and name no more is refused for good."""
        message_id = f"{self._name}-alarm-{letter_id}"
        match draft.channel:
            case Channel.MAIL if self._mail is not None:
                return await self._mail.send(draft.to, draft.title, draft.body, message_id=message_id, at=at)
            case Channel.WEBHOOK if draft.to in self._webhooks:
                return await self._webhooks[draft.to].send(draft.body, message_id=message_id, at=at)
        return Told(is_taken=False, words="the settings name it no more", is_final=True)


def posts(settings: Settings, session: aiohttp.ClientSession) -> Posts:
    """Secrets are read when a message goes out, not here."""
    alarms, home = settings.alarms, settings.home
    webhooks = {
        one.name: Webhook(session, Place(one.url, partial(webhook_secret, home / one.secret_file), one.within_s))
        for one in alarms.webhooks
    }
    return Posts(_mail(alarms, home), webhooks, name=settings.party_id)


def telling(settings: Settings) -> Telling:
    """Who is told of alarms, and where links lead."""
    console = f"{settings.console_address}/console" if settings.console else None
    return Telling(settings.party_id, tuple(settings.alarms.recipients()), console)


def _mail(alarms: AlarmSettings, home: Path) -> Mail | None:
    if (said := alarms.mail) is None:
        return None
    file = home / said.password_file if said.password_file else None
    return Mail(
        MailServer(
            said.host,
            said.port,
            said.security,
            said.sender,
            said.within_s,
            said.user,
            lambda: read_password(file).decode() if file else None,
            home / said.ca_file if said.ca_file else None,
        )
    )
