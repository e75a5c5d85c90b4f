"""The token is found in a body however the body is packed."""

import gzip

import pyarrow as pa
import pytest

from fedbytweets.raw.text import text_of
from fedbytweets.x_api.redaction import REMOVED, Redactor

TOKEN = "AAAAtokEN/secret%2Bvalue"
BODY = f'{{"data":[{{"id":"1","text":"tok {TOKEN} end"}}],"meta":{{"result_count":1}}}}'


@pytest.mark.parametrize(
    "packed",
    [
        BODY.encode(),
        gzip.compress(BODY.encode()),
        pa.Codec("zstd").compress(BODY.encode(), asbytes=True),
        BODY.encode("utf-16"),
        BODY.encode("utf-16-le"),
        BODY.encode("utf-32"),
        b"\xef\xbb\xbf" + BODY.encode(),
    ],
    ids=["plain", "gzip", "zstd", "utf-16", "utf-16-le", "utf-32", "byte-order mark"],
)
def test_a_packed_body_comes_out_without_the_token(packed: bytes) -> None:
    """What a reader would make of it holds the fixed word instead, and all else."""
    redacted = text_of(Redactor(TOKEN).body(packed)).content.decode().removeprefix("\ufeff")
    assert redacted == BODY.replace(TOKEN, REMOVED)


@pytest.mark.parametrize("packed", [b"", b"\x1f\x8b broken", gzip.compress(b"{}"), "{}".encode("utf-16"), b"\xff\xfe"])
def test_a_body_without_the_token_stays_byte_for_byte(packed: bytes) -> None:
    """Raw keeps answers as they came."""
    assert Redactor(TOKEN).body(packed) == packed
