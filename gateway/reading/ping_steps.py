"""The steps of a test ping in words: what each does, and whom to call when it is the one that fails."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from connectors.ports.probe import ProbeStep
from gateway.texts.language import marked

STEPS: Final[Mapping[ProbeStep, tuple[str, str]]] = {
    ProbeStep.NAME: (
        marked("Find the address of the host"),
        marked("The name is wrong in the registry, or its name server does not know it: ask the party for its address, and our network people whether names are resolved."),  # noqa: E501 - one sentence
    ),
    ProbeStep.CONNECT: (
        marked("Connect to it (TCP)"),
        marked("The host is off, or a firewall stands between us: call the party, then our network people with the address and the port."),  # noqa: E501 - one sentence
    ),
    ProbeStep.TLS: (
        marked("Shake hands (TLS)"),
        marked("The certificate of its web server has ended, or is of an authority that we do not believe: call the party's administrator."),  # noqa: E501 - one sentence
    ),
    ProbeStep.ANSWER: (
        marked("Ask for its description (HTTP GET)"),
        marked("The door stands, and the program behind it does not answer or says that it cannot work: call the party with these words."),  # noqa: E501 - one sentence
    ),
}  # fmt: skip
