"""(seed, what, number) -> sixteen numbers of 0..65535: chance that is the same for ever, everywhere.

A keyed hash and not `random`: one call per post, any post on its own, the same on every version of Python.
"""

import struct
from hashlib import blake2b
from typing import TypeAlias

Draws: TypeAlias = tuple[int, ...]

_SIXTEEN = struct.Struct("<16H")
_WHOLE = 65_536


def draws(seed: int, what: str, number: int) -> Draws:
    """Return sixteen even numbers of 0..65535 that belong to this thing alone."""
    key = f"{seed}.{what}.{number}".encode()
    return _SIXTEEN.unpack(blake2b(key, digest_size=32).digest())


def share(part: float) -> int:
    """Return the bound under which a draw falls with this chance (0 to 1)."""
    return round(part * _WHOLE)


def unit(high: int, low: int) -> float:
    """Return a number of [0, 1) from two draws."""
    return (high << 16 | low) / (_WHOLE * _WHOLE)
