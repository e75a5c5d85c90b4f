"""(question, position) <-> next_token: opaque to its holder, yet nothing but a function of the two.

So a token never expires and always gives its page again. It holds a digest of the question, the oldest id of the
window and the id before which its page begins, in base32hex as X's own tokens.
"""

import struct
from base64 import b32hexdecode, b32hexencode
from binascii import Error as BinasciiError
from hashlib import blake2b

from fedbytweets.errors import InputError

_LAYOUT = struct.Struct(">6sQQ")


class TokenError(InputError):
    """The token is none of ours, or belongs to another question."""


def page_token(question: str, lowest_id: int, before_id: int) -> str:
    """Return the token of the page whose posts are older than `before_id`, not older than `lowest_id`."""
    packed = _LAYOUT.pack(_digest(question), lowest_id, before_id)
    return b32hexencode(packed).decode().rstrip("=").lower()


def read_token(question: str, token: str) -> tuple[int, int]:
    """Return the lowest id and the position that a token of this question holds.

    Raises:
        TokenError: it is malformed or was made for another question.

    """
    try:
        digest, lowest_id, before_id = _LAYOUT.unpack(b32hexdecode(token.upper() + "=" * (-len(token) % 8)))
    except (BinasciiError, struct.error, ValueError) as error:
        raise TokenError(f"token [{token}] is not one that this API gave") from error
    if digest != _digest(question):
        raise TokenError(f"token [{token}] belongs to another question")
    return lowest_id, before_id


def _digest(question: str) -> bytes:
    return blake2b(question.encode(), digest_size=6).digest()
