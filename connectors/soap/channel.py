"""Registers the push connector: the exchange calls the Inbox of such a party."""

from __future__ import annotations

from typing import Final

from connectors.channel import CallContext, ChannelConnector
from connectors.soap.push import PushConnector
from contracts.party import Channel


def _open(context: CallContext) -> PushConnector:
    return PushConnector(context.session, pinned=context.pinned, me=context.me, clock=context.clock)


CONNECTOR: Final = ChannelConnector(Channel.PUSH, _open)
