"""One store over SQLite and PostgreSQL: tables, migrations, batched writes, documents."""

from gateway.store.database import SqlReader, SqlStore, open_reader, open_store

__all__ = ["SqlReader", "SqlStore", "open_reader", "open_store"]
