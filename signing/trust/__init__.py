"""Certification paths, revocation, purposes and algorithms: whether a certificate counts at a moment.

Pure; answers of authorities come in as bytes.
"""
