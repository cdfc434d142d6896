"""Steps from the first schema (SQL, a file per kind of database) to the present one; a released step never changes."""
