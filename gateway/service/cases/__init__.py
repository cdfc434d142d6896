"""What moves cases on besides messages: due terms, assembly, import, vouching. Load, decide, save."""
