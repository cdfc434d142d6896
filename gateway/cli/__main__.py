"""``python -m gateway.cli``: the command ``dalel`` by its module name."""

from gateway.cli import main

main()
