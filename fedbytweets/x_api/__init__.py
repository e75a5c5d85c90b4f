"""The X API: questions of subjects -> stored pages, without gaps, within a budget."""

from fedbytweets.x_api.client import XApi
from fedbytweets.x_api.collect import asking, collect_all
from fedbytweets.x_api.collected import Collected, Halt, Stop
from fedbytweets.x_api.counting import count_new_windows
from fedbytweets.x_api.ledger import Ledger
from fedbytweets.x_api.pages import Fetcher, Store
from fedbytweets.x_api.settings import CollectSettings
from fedbytweets.x_api.source import Answer, PageQuestion, Source

__all__ = [
    "Answer",
    "CollectSettings",
    "Collected",
    "Fetcher",
    "Halt",
    "Ledger",
    "PageQuestion",
    "Source",
    "Stop",
    "Store",
    "XApi",
    "asking",
    "collect_all",
    "count_new_windows",
]
