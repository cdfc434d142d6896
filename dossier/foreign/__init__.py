"""Judge containers that others made: ASiC-E and ASiC-S with XAdES (EN 319 162-1 §4.3, §4.4)."""
