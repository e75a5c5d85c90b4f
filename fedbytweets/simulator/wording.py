"""(topics, draws) -> text: what a post says, in which language, about which topic."""

from itertools import accumulate
from typing import NamedTuple

from fedbytweets.simulator.draws import Draws, share
from fedbytweets.simulator.vocabulary import LANGUAGES, NEUTRAL, SENTENCES, TAILS, Topic

_LONG = share(0.04)
_WITH_LINK = share(0.3)
_WITH_SECOND_SENTENCE = share(0.55)
_TEXT_LIMIT = 280


class Wording(NamedTuple):
    """What a post says; `long_text` is the whole of a text that X would cut."""

    topic: str
    lang: str
    text: str
    long_text: str | None


class Writer:
    """Sentences of every topic and language, made once; each post picks its own by its draws."""

    def __init__(self, topics: tuple[Topic, ...]) -> None:
        everything = (*topics, NEUTRAL)
        self._topics = tuple(topic.name for topic in everything)
        self._topic_bounds = tuple(accumulate(share(topic.share) for topic in topics))
        self._languages = tuple(lang for lang, _ in LANGUAGES)
        self._language_bounds = tuple(accumulate(share(part) for _, part in LANGUAGES[:-1]))
        self._sentences = [
            [_sentences(topic, _rival(topic, topics), lang) for lang in self._languages] for topic in everything
        ]

    def write(self, some: Draws, addressee: str | None) -> Wording:
        """Return the words of a post; an answer begins with the name of whom it answers."""
        topic = _pick(some[0], self._topic_bounds)
        language = _pick(some[7], self._language_bounds)
        sentences = self._sentences[topic][language]
        start = f"@{addressee} " if addressee else ""
        text, long_text = _long(start, sentences, some) if some[8] < _LONG else (_short(start, sentences, some), None)
        return Wording(self._topics[topic], self._languages[language], text, long_text)


def _short(start: str, sentences: tuple[str, ...], some: Draws) -> str:
    first, second = sentences[some[1] % len(sentences)], ""
    if some[2] < _WITH_SECOND_SENTENCE:
        second = ("\n" if some[2] & 1 else " ") + sentences[some[2] % len(sentences)]
    return start + first + second + TAILS[some[9] % len(TAILS)] + _link(some)


def _long(start: str, sentences: tuple[str, ...], some: Draws) -> tuple[str, str]:
    whole = start + "\n\n".join(sentences[(some[1] + 5 * step) % len(sentences)] for step in range(9))
    return whole[: _TEXT_LIMIT - 1].rstrip() + "…", whole + _link(some)


def _link(some: Draws) -> str:
    return f" https://t.co/{some[14]:04x}{some[13]:04x}Zq" if some[9] < _WITH_LINK else ""


def _rival(topic: Topic, topics: tuple[Topic, ...]) -> str:
    others = [other for other in topics if other is not topic] or [NEUTRAL]
    return NEUTRAL.phrases[0] if topic is NEUTRAL else others[0].phrases[0]


def _sentences(topic: Topic, rival: str, lang: str) -> tuple[str, ...]:
    plain = SENTENCES[lang]
    return tuple(sentence.format(who=who, rival=rival) for who in topic.phrases for sentence in plain)


def _pick(draw: int, bounds: tuple[int, ...]) -> int:
    for index, bound in enumerate(bounds):
        if draw < bound:
            return index
    return len(bounds)
