"""Mail servers and webhooks put together from the settings; for ``bootstrap`` and commands, which alone use it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from pathlib import Path

import aiohttp

from connectors.alarms.mail import Mail, MailServer
from connectors.alarms.webhook import Webhook, WebhookPlace
from connectors.ports.notification import SendResult
from gateway.config.alarm_settings import AlarmSettings, webhook_secret
from gateway.config.settings import Settings
from gateway.domain.alarms.letter import AlarmChannel, Draft, LetterContext
from signing.keys.files import read_password


class ChannelMessenger:
    """``gateway.ports.outside.Messenger`` over what the settings name."""

    def __init__(self, mail: Mail | None, webhooks: Mapping[str, Webhook], *, name: str) -> None:
        self._mail, self._webhooks, self._name = mail, webhooks, name

    async def send(self, draft: Draft, *, letter_id: int, at: datetime) -> SendResult:
        """What the settings named when it was written and name no more is refused for good."""
        message_id = f"{self._name}-alarm-{letter_id}"
        match draft.channel:
            case AlarmChannel.MAIL if self._mail is not None:
                return await self._mail.send(draft.to, draft.title, draft.body, message_id=message_id, at=at)
            case AlarmChannel.WEBHOOK if draft.to in self._webhooks:
                return await self._webhooks[draft.to].send(draft.body, message_id=message_id, at=at)
        return SendResult(is_taken=False, words="the settings name it no more", is_final=True)


def posts(settings: Settings, session: aiohttp.ClientSession) -> ChannelMessenger:
    """Secrets are read when a message goes out, not here."""
    alarms, home = settings.alarms, settings.home
    webhooks = {
        one.name: Webhook(session, WebhookPlace(one.url, partial(webhook_secret, home / one.secret_file), one.within_s))
        for one in alarms.webhooks
    }
    return ChannelMessenger(_mail(alarms, home), webhooks, name=settings.party_id)


def letter_context(settings: Settings) -> LetterContext:
    """Who is told of alarms, and where links lead."""
    console = f"{settings.console_address}/console" if settings.console else None
    return LetterContext(settings.party_id, tuple(settings.alarms.recipients()), console)


def _mail(alarms: AlarmSettings, home: Path) -> Mail | None:
    if (mail := alarms.mail) is None:
        return None
    file = home / mail.password_file if mail.password_file else None
    return Mail(
        MailServer(
            mail.host,
            mail.port,
            mail.security,
            mail.sender,
            mail.within_s,
            mail.user,
            lambda: read_password(file).decode() if file else None,
            home / mail.ca_file if mail.ca_file else None,
        )
    )
