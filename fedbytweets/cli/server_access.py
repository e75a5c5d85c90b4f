"""Access to the Prefect servers that this package starts: their address, their auth string, and the Host check.

Anyone who can reach a Prefect API can run shell commands with it, so each server of ours answers on 127.0.0.1 only, to
requests that name it as their Host, and asks for an auth string that is made new at each start. Pages of other origins
get no permission by CORS.
"""

import hmac
import os
import re
import secrets
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import getproxies_environment

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import PlainTextResponse

LOOPBACK = "127.0.0.1"
_HOSTS = (LOOPBACK, "localhost")
_ADDRESS = re.compile(rf"http://{re.escape(LOOPBACK)}:(\d{{1,5}})", re.ASCII)
_PROOF_PATH = "/fedbytweets/proof/"
_LONGEST_PROOF_SECONDS = 5


@dataclass(frozen=True)
class ServerAccess:
    """The address of a server on this machine, `http://127.0.0.1:PORT`, and the auth string of its API.

    Raises:
        ValueError: the address is none of this form.

    """

    address: str
    auth_string: str = field(repr=False)

    def __post_init__(self) -> None:
        if not _ADDRESS.fullmatch(self.address):
            raise ValueError(f"{self.address!r} is no address on {LOOPBACK}")

    @property
    def api_url(self) -> str:
        """Return what clients have as PREFECT_API_URL."""
        return f"{self.address}/api"

    def of_clients(self) -> dict[str, str]:
        """Return the settings of Prefect that let a client use the server."""
        return {"PREFECT_API_URL": self.api_url, "PREFECT_API_AUTH_STRING": self.auth_string}

    def of_server(self) -> dict[str, str]:
        """Return the settings of Prefect that the server itself must have."""
        return {
            "PREFECT_SERVER_API_AUTH_STRING": self.auth_string,
            "PREFECT_SERVER_API_BASE_PATH": "/api",
            "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": self.address,
            "PREFECT_SERVER_UI_API_URL": "/api",  # its pages would ask port 4200
        }

    def is_named_by(self, url: str) -> bool:
        """Say whether a PREFECT_API_URL without credentials of its own means this server."""
        parts = urlsplit(url)
        own = urlsplit(self.api_url)
        named = (parts.scheme, parts.hostname in _HOSTS, parts.port, parts.path.rstrip("/"), parts.username)
        return named == (own.scheme, True, own.port, own.path, None)

    def is_answering(self) -> bool:
        """Say whether the server that has this auth string answers there; the string itself is not sent.

        The server proves that it has it: another process may have taken the port since.
        """
        challenge = secrets.token_urlsafe()
        connection = HTTPConnection(LOOPBACK, urlsplit(self.address).port, timeout=_LONGEST_PROOF_SECONDS)
        try:
            connection.request("GET", _PROOF_PATH + challenge)
            answer = connection.getresponse().read(len(_proof(self.auth_string, challenge)) + 1)
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()
        return hmac.compare_digest(answer, _proof(self.auth_string, challenge).encode())


def new_auth_string() -> str:
    """Return an auth string that cannot be guessed."""
    return secrets.token_urlsafe(32)


def guard(app: "Starlette", auth_string: str) -> None:
    """Make an application answer only where 127.0.0.1 or localhost is the Host, and prove which auth string it has."""
    from starlette.middleware.trustedhost import TrustedHostMiddleware
    from starlette.responses import PlainTextResponse
    from starlette.routing import Route

    async def prove(request: "Request") -> "PlainTextResponse":
        return PlainTextResponse(_proof(auth_string, request.path_params["challenge"]))

    app.router.routes.insert(0, Route(_PROOF_PATH + "{challenge}", prove))
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=_HOSTS, www_redirect=False)


def bypass_proxies() -> None:
    """Keep this process and its children from sending requests to 127.0.0.1 through a proxy of the environment."""
    named = getproxies_environment().get("no")
    os.environ["no_proxy"] = f"{named},{LOOPBACK}" if named else LOOPBACK


def _proof(auth_string: str, challenge: str) -> str:
    return hmac.digest(auth_string.encode(), challenge.encode(), "sha256").hex()
