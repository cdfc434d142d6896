"""Registers the mailbox: nothing calls such a party, it fetches."""

from __future__ import annotations

from typing import Final

from connectors.channel import ChannelConnector
from contracts.party import Channel

CONNECTOR: Final = ChannelConnector(Channel.MAILBOX)
