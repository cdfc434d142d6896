"""The WS-Security profile of the wire: written, read, and verified by two engines that must agree.

Every change needs hostile variants in both.
"""
