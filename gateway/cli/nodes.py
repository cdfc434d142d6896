"""``dalel nodes``: who serves from this database, since when, by which release, and who leads what."""

from __future__ import annotations

from rich.markup import escape
from rich.table import Table

from gateway.cli.frame import DEFAULT_HOME, AsJson, Home, out, print_json, when
from gateway.config.settings import load_settings
from gateway.ports.nodes import ListNodes


def nodes(home: Home = DEFAULT_HOME, as_json: AsJson = False) -> None:  # noqa: FBT002 - a flag
    """List the nodes that serve, also those that were killed and have not come back.

    Example: dalel nodes --json
    """
    from gateway.cli.store import read
    from gateway.store.engine.node_rows import SILENT_AFTER

    rows = read(load_settings(home), lambda store: store.run(ListNodes()))
    if as_json:
        print_json(rows)
        return
    if not rows:
        out.print("No node is serving.")
        return
    table = Table(title="Nodes")
    for heading in ("node", "machine", "process", "release", "schema", "since", "leads", "seen"):
        table.add_column(heading)
    for row in rows:
        node, silent_s = row.node, row.silent_for.total_seconds()
        seen = "is leaving" if node.draining else "is there"
        if row.silent_for > SILENT_AFTER:
            seen = f"silent for {silent_s:.0f} s"
        table.add_row(
            node.name, escape(node.host), str(node.pid), node.version, node.schema_step, when(node.started_at),
            ", ".join(row.leads), seen,
        )  # fmt: skip
    out.print(table)
