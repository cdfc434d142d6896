"""One store over SQLite and PostgreSQL: tables, migrations, batched writes, documents."""
