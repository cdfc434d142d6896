"""``dalel serve``: run the exchange."""

from __future__ import annotations

import os

from gateway.cli.frame import DEFAULT_HOME, CommandFailed, Exit, Home
from gateway.settings import SOCKET_PATH_BYTES, Settings, load_settings


def serve(home: Home = DEFAULT_HOME) -> None:
    """Run the exchange until it is told to stop (Ctrl-C or SIGTERM); attempts in hand are finished.

    Example: dalel serve --home /var/lib/dalel
    """
    settings = load_settings(home)
    _require_short_socket(settings)

    import uvloop

    from gateway.bootstrap import serve as run
    from gateway.log import configure_logging
    from gateway.store.errors import StoreError
    from signing.errors import KeyUnavailable, KeyUnusable

    configure_logging()
    try:
        uvloop.run(run(settings))
    except StoreError as problem:
        raise CommandFailed(f"The exchange cannot start: {problem}", Exit.UNREACHABLE) from problem
    except KeyUnusable as problem:
        raise CommandFailed(f"The exchange cannot start: {problem}") from problem
    except KeyUnavailable as problem:
        raise CommandFailed(f"The exchange cannot start: {problem}", Exit.UNREACHABLE) from problem
    except OSError as problem:
        where = f"{settings.listen_host}:{settings.listen_port}"
        text = f"The exchange cannot start on {where}: {problem}. Free the port, or set listen_port in dalel.toml."
        raise CommandFailed(text, Exit.UNREACHABLE) from problem


def _require_short_socket(settings: Settings) -> None:
    """Told before anything starts; the kernel's own words would be «AF_UNIX path too long»."""
    if len(os.fsencode(settings.admin_socket)) > SOCKET_PATH_BYTES:
        raise CommandFailed(
            f"The path {settings.admin_socket} is longer than the {SOCKET_PATH_BYTES} bytes that a socket may have. "
            "Set admin_socket in dalel.toml to a short path in a folder of your own."
        )
