"""Users, roles, tokens, persons by keyed digest, support desk values.

Pure; rights are decided in ``access`` alone.
"""
