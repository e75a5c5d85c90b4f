"""The console command and what each failure of it looks like: one to three lines, and an exit code that says which.

Exit codes: 0 done; 1 a part of the run failed; 2 wrong input or setting; 3 token or tier refused; 4 money spent;
5 the lake cannot be read or written; 130 interrupted; 141 nobody reads what is printed.
"""

import gc
import os
import sys

from cyclopts import App, CycloptsError

from fedbytweets.cli import ahead, dashboard, look, quality, report, show_settings, stand_in, upkeep, work
from fedbytweets.cli.output import make_safe, say
from fedbytweets.errors import FedByTweetsError

INTERRUPTED = 130
UNREAD = 141
_OBJECTS_BETWEEN_COLLECTIONS = 50_000
"""What a command makes, modules above all, it mostly keeps: at Python's 700 it looks for garbage in vain."""
_OTHERS = 0o007
"""Rights that other users of this machine have to no file that a command makes: people are in most of them."""

app = App(
    name="fedbytweets",
    help="Collects posts from X into a lake one can trust: raw, bronze, silver.",
    help_format="markdown",
    help_epilogue="Settings are environment variables; `fedbytweets settings` lists them.",
    version_flags=["--version"],
    suppress_keyboard_interrupt=False,  # it would end without a word
)

for command in (work, look, ahead, report, quality, upkeep, dashboard, stand_in, show_settings):
    command.register(app)


def main() -> None:
    """Run the command line and exit with its code."""
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    os.umask(os.umask(0) | _OTHERS)
    make_safe()
    try:
        code = run(sys.argv[1:])
        sys.stdout.flush()  # what is left in the buffer may meet a closed pipe
    except BrokenPipeError:  # `fedbytweets ... | head`: who read it has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or the flush at the exit would complain
        code = UNREAD
    if "duckdb" not in sys.modules:  # which would complain at length
        gc.freeze()  # or the exit would look through everything for garbage first
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """Run one command; return its exit code. Errors are printed to standard error, without a traceback."""
    try:
        result = app(arguments, exit_on_error=False, print_error=False, result_action="return_value")
    except CycloptsError as error:
        return _failed(f"{error}\nSee: fedbytweets --help", 2)
    except FedByTweetsError as error:
        return _failed(str(error), error.exit_code)
    except KeyboardInterrupt:
        return _failed("Interrupted. What was stored is kept; the next run goes on from there.", INTERRUPTED)
    return result if isinstance(result, int) else 0


def _failed(message: str, code: int) -> int:
    say(f"fedbytweets: {message}", to_stderr=True)
    return code
