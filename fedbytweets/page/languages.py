"""X's codes of languages -> names for people: the frequent ones, and X's own codes for posts without a language."""

from collections.abc import Mapping

NAMES: Mapping[str, str] = {
    "": "not given",
    "ar": "Arabic",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "hi": "Hindi",
    "id": "Indonesian",
    "in": "Indonesian",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "ru": "Russian",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "zh": "Chinese",
    "qam": "only mentions",
    "qct": "only cashtags",
    "qht": "only hashtags",
    "qme": "only media links",
    "qst": "very short",
    "und": "not recognised",
    "zxx": "no words",
}


def named(code: str) -> str:
    """Return a language's name, or its code where the name is not known here."""
    return NAMES.get(code, code)
