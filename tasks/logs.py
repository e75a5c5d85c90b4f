"""Prefect's log with the text of strangers made safe: on the console, in the logs of a container, in the dashboard."""

import logging

from fedbytweets.safe_text import as_message


class SafeFormatter(logging.Formatter):
    """Formats as another formatter does and makes the result safe: the message, and a traceback below it."""

    def __init__(self, inner: logging.Formatter) -> None:
        super().__init__()
        self._inner = inner

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one message."""
        return as_message(self._inner.format(record))


def make_logs_safe() -> None:
    """Give every handler that Prefect has set up in this process a safe formatter."""
    named = (logger for logger in logging.root.manager.loggerDict.values() if isinstance(logger, logging.Logger))
    for handler in {handler for logger in (logging.root, *named) for handler in logger.handlers}:
        inner = handler.formatter or logging.Formatter()
        if type(handler).__module__.startswith("prefect.") and not isinstance(inner, SafeFormatter):
            handler.setFormatter(SafeFormatter(inner))
