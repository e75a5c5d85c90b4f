"""Every error this project raises on purpose, cut by what the caller does next.

    FedByTweetsError
    ├── InputError            mend what you typed: a file, a subject, a query, a flag       (exit 2)
    ├── SettingsError         mend a setting: it is named in the message                    (exit 2)
    ├── SourceError           the X API
    │   ├── PassingError      try again, a bounded number of times
    │   │   └── UnansweredError  the same, and the request may have been billed all the same
    │   ├── AnswerTooLargeError  give up this subject: its answer is above a bound, and may have been billed
    │   ├── WindowSpentError  wait until `reset_at`; the resume point is stored
    │   ├── MoneySpentError   stop every subject: waiting does not help                     (exit 4)
    │   ├── CredentialsError  give up at once: the token or the tier                        (exit 3)
    │   └── QuestionError     give up this subject: the API refused its question            (exit 2)
    ├── LakeError             the lake cannot be used as it is: the same try would meet the same (exit 5)
    │   ├── UnavailableError  the lake does not answer now: try again, a bounded number of times
    │   └── ConflictError     another writer was first: do the whole step again
    └── RunError              a run ended with failed parts; it names them                  (exit 1)

A message has the thing, the fact and the way out.
"""

from datetime import datetime

from fedbytweets.safe_text import visible


class FedByTweetsError(Exception):
    """The root: catch it to print one clear message instead of a traceback.

    Its text has no control characters but line ends and tabs: it goes to terminals, logs and states of runs.
    """

    exit_code = 1

    def __str__(self) -> str:
        return visible(super().__str__(), lines=True)


class InputError(FedByTweetsError):
    """What was typed or handed in cannot be used."""

    exit_code = 2


class SettingsError(FedByTweetsError):
    """A setting is absent or wrong."""

    exit_code = 2


class SourceError(FedByTweetsError):
    """The X API did not answer as a search needs it."""


class PassingError(SourceError):
    """A failure that passes: 5xx, a lost connection, a cut or unreadable body."""


class UnansweredError(PassingError):
    """A request was sent and no whole answer came back: X may have billed it."""


class AnswerTooLargeError(SourceError):
    """A request was answered with more than is read: X may have billed it, and the same request would meet the same."""


class WindowSpentError(SourceError):
    """The rate-limit window is spent until `reset_at` (UTC)."""

    def __init__(self, message: str, reset_at: datetime) -> None:
        super().__init__(message)
        self.reset_at = reset_at

    def __reduce__(self) -> tuple[type["WindowSpentError"], tuple[str, datetime]]:
        return type(self), (str(self), self.reset_at)


class MoneySpentError(SourceError):
    """Credits or the monthly cap are spent, or our own budget is."""

    exit_code = 4


class CredentialsError(SourceError):
    """The token is missing, wrong, or its tier does not allow the call."""

    exit_code = 3


class QuestionError(SourceError):
    """The API refused the question itself."""

    exit_code = 2


class LakeError(FedByTweetsError):
    """The lake cannot be read or written."""

    exit_code = 5


class UnavailableError(LakeError):
    """The lake does not answer now (network, timeout, lock): the same step may succeed later."""


class ConflictError(LakeError):
    """Another writer committed first; nothing of this commit is visible."""


class RunError(FedByTweetsError):
    """A run ended with parts that failed; the message names each.

    Its exit code is that of the parts where all failed alike.
    """

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code

    def __reduce__(self) -> tuple[type["RunError"], tuple[str, int]]:
        return type(self), (str(self), self.exit_code)
