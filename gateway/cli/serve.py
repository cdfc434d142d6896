"""``dalel serve``: run the exchange, or one of its nodes."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from gateway.cli.frame import DEFAULT_HOME, CommandFailed, Exit, Home
from gateway.config.settings import SOCKET_PATH_BYTES, Settings, load_settings


def serve(
    home: Home = DEFAULT_HOME,
    node: Annotated[
        str | None, typer.Option(help="Name of this node, where several share one PostgreSQL.", show_default=False)
    ] = None,
    port: Annotated[int | None, typer.Option(help="Listen here instead of listen_port.", show_default=False)] = None,
    shared_port: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--shared-port", help="Share the port with other nodes of this machine.")
    ] = False,
) -> None:
    """Run the exchange until it is told to stop (Ctrl-C or SIGTERM); what is in hand is finished. Told twice, it goes.

    Examples: dalel serve --home /var/lib/dalel · dalel serve --node a --port 8460 --shared-port
    """
    settings = load_settings(home, node=node, listen_port=port, shared_port=shared_port or None)
    _require_short_socket(settings)

    import structlog
    import uvloop

    from dossier.procedure.law.law_file import UnusableLaw
    from gateway.bootstrap.exchange import serve as run
    from gateway.process.log import configure_logging
    from gateway.store.engine.errors import StoreError
    from signing.errors import KeyUnavailable, KeyUnusable

    configure_logging()
    if settings.node:
        structlog.contextvars.bind_contextvars(node=settings.node)
    try:
        uvloop.run(run(settings))
    except StoreError as problem:
        raise CommandFailed(f"The exchange cannot start: {problem}", Exit.UNREACHABLE) from problem
    except (KeyUnusable, UnusableLaw) as problem:
        raise CommandFailed(f"The exchange cannot start: {problem}") from problem
    except KeyUnavailable as problem:
        raise CommandFailed(f"The exchange cannot start: {problem}", Exit.UNREACHABLE) from problem
    except OSError as problem:
        where = f"{settings.listen_host}:{settings.listen_port}"
        cure = "Free the port, or set listen_port or metrics_port in dalel.toml."
        text = f"The exchange cannot start on {where}: {problem}. {cure}"
        raise CommandFailed(text, Exit.UNREACHABLE) from problem


def _require_short_socket(settings: Settings) -> None:
    """Told before anything starts; the kernel's own words would be «AF_UNIX path too long»."""
    if len(os.fsencode(settings.admin_socket)) > SOCKET_PATH_BYTES:
        raise CommandFailed(
            f"The path {settings.admin_socket} is longer than the {SOCKET_PATH_BYTES} bytes that a socket may have. "
            "Set admin_socket in dalel.toml to a short path in a folder of your own."
        )
