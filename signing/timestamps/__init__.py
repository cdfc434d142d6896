"""RFC 3161 tokens and the CMS they come in. Bytes to proven values; nothing here asks a network."""
