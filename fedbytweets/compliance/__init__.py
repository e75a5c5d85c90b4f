"""Compliance: what became of posts and users on X -> the same made true of bytes and rows. Pure."""

from fedbytweets.compliance.erasure import AUTHOR, ON_REQUEST, Erasure, Event, Kind, blocking, events, requested
from fedbytweets.compliance.rows import concerned, counted, erased, looked_at
from fedbytweets.compliance.scrub import Scrubbed, scrub

__all__ = [
    "AUTHOR",
    "ON_REQUEST",
    "Erasure",
    "Event",
    "Kind",
    "Scrubbed",
    "blocking",
    "concerned",
    "counted",
    "erased",
    "events",
    "looked_at",
    "requested",
    "scrub",
]
