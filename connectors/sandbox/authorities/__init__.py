"""The sandbox's authorities: one small service that stamps time and answers for the certificates of the sandbox."""
