"""What the services ask of the outside: one store, documents, connectors. Values cross, never rows or connections."""
