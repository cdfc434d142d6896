"""Appeals and terms: their lists, one appeal with its path drawn, its documents, and its dossiers verified here."""
