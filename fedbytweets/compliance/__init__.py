"""Compliance: what became of posts and users on X -> the same made true of bytes and rows. Pure."""

from fedbytweets.compliance.erasure import AUTHOR, ON_REQUEST, Erasure, Event, Kind, blocking, events, requested
from fedbytweets.compliance.pages import ids_of, without
from fedbytweets.compliance.rows import canonical_ids, concerned, counted, erased, looked_at
from fedbytweets.compliance.scrub import Scrubbed, named_ids, names_any, scrub

__all__ = [
    "AUTHOR",
    "ON_REQUEST",
    "Erasure",
    "Event",
    "Kind",
    "Scrubbed",
    "blocking",
    "canonical_ids",
    "concerned",
    "counted",
    "erased",
    "events",
    "ids_of",
    "looked_at",
    "named_ids",
    "names_any",
    "requested",
    "scrub",
    "without",
]
