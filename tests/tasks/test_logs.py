"""Prefect's log in a process that runs flows: what strangers write reaches it as signs, and on lines of ours."""

import logging

import prefect
from prefect.logging.handlers import APILogHandler, PrefectConsoleHandler

from tasks import policy
from tasks.logs import SafeFormatter

HOSTILE = "\x1b]0;owned\x07\u202e\n12:00:00.000 | INFO | all is well"


def test_every_handler_of_prefect_shows_controls_as_signs_once_tasks_are_imported() -> None:
    """The console's and the dashboard's; in the message, and in the traceback below it."""
    assert (prefect.__name__, policy.__name__) == ("prefect", "tasks.policy")
    loggers = [logging.root, logging.getLogger("prefect.flow_runs"), logging.getLogger("prefect.task_runs")]
    handlers = [each for logger in loggers for each in logger.handlers]
    ours = [each for each in handlers if isinstance(each, APILogHandler | PrefectConsoleHandler)]
    assert {type(each) for each in ours} == {APILogHandler, PrefectConsoleHandler}
    error = ValueError(HOSTILE)
    record = logging.LogRecord("prefect", logging.ERROR, "", 0, "%s", (HOSTILE,), (type(error), error, None))
    for handler in ours:
        assert isinstance(handler.formatter, SafeFormatter)
        first, *rest = handler.format(record).splitlines()
        assert first.endswith("␛]0;owned␇\\u202e")
        assert rest == [
            "  12:00:00.000 | INFO | all is well",
            "  ValueError: ␛]0;owned␇\\u202e",
            "  12:00:00.000 | INFO | all is well",
        ]
