"""The program that `fedbytweets dashboard` starts: Prefect's own server and pages, guarded, on 127.0.0.1.

`prefect server start` takes no middleware. This does as it does (migrations, services, pages), with a Host check. The
auth string and the other settings come in the environment, the port as the argument; it ends when its standard input
does, so with the dashboard, however that ends.
"""

import os
import signal
import sys
import threading

from fedbytweets.cli.server_access import LOOPBACK, guard


def main(port: int) -> None:
    """Serve until the standard input ends or a signal comes.

    Raises:
        KeyError: PREFECT_SERVER_API_AUTH_STRING is not set.

    """
    import uvicorn
    from prefect.server.api.server import create_app
    from prefect.settings import get_current_settings

    app = create_app(final=True)
    guard(app, os.environ["PREFECT_SERVER_API_AUTH_STRING"])
    api = get_current_settings().server.api
    threading.Thread(target=_end_with_the_input, daemon=True).start()
    uvicorn.run(
        app,
        host=LOOPBACK,
        port=port,
        log_level="warning",
        proxy_headers=False,
        timeout_keep_alive=api.keepalive_timeout,
        ws_ping_interval=api.websocket_ping_interval,
        ws_ping_timeout=api.websocket_ping_timeout,
    )


def _end_with_the_input() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main(int(sys.argv[1]))
