"""What each simulated party does: platform, reception centre, agency, court.

Scripted behaviour; transport and storage live one room up.
"""
