"""Api <-> HTTP: an ASGI application that speaks for the Api and lets its wire faults happen to real bytes."""

import asyncio
import gzip
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from fedbytweets.simulator import answers
from fedbytweets.simulator.answers import Answer
from fedbytweets.simulator.api import Api, Delivery
from fedbytweets.simulator.asked import Asked
from fedbytweets.simulator.faults import FaultKind

CutOff: TypeAlias = Callable[[tuple[str, int]], None]
_WORTH_PACKING = 500
_ALL_METHODS = ["GET", "POST", "PUT", "DELETE"]


def application(api: Api, cut_off: CutOff) -> Starlette:
    """Return the application; `cut_off` resets the connection of a client's (host, port)."""
    uploads = _signed(api, _take_ids)
    downloads = _signed(api, _give_result)
    return Starlette(
        routes=[
            Route("/compliance/{job_id}/ids", uploads, methods=["PUT", "POST"]),
            Route("/compliance/{job_id}/result", downloads, methods=["GET"]),
            Route("/{path:path}", _spoken_for(api, cut_off), methods=_ALL_METHODS),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])],
    )


def _spoken_for(api: Api, cut_off: CutOff) -> Callable[[Request], Awaitable[Response]]:
    async def speak(request: Request) -> Response:
        delivery = api.deliver(await _asked(request))
        fault = delivery.wire_fault
        if fault and fault.kind is FaultKind.SLOW:
            await asyncio.sleep(fault.seconds)
        if fault and fault.kind is FaultKind.RESET and request.client:
            cut_off((request.client.host, request.client.port))
        return _response(delivery, "gzip" in request.headers.get("accept-encoding", ""))

    return speak


async def _asked(request: Request) -> Asked:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return Asked(
        method=request.method,
        path=request.url.path,
        params=dict(request.query_params),
        token=token.strip() if scheme.lower() == "bearer" else None,
        body=await request.body(),
        origin=str(request.base_url).rstrip("/"),
    )


def _response(delivery: Delivery, packed: bool) -> Response:
    answer = delivery.answer
    headers = {**answer.headers, "content-type": answer.content_type}
    body = answer.body
    if packed and len(body) >= _WORTH_PACKING:
        body, headers["content-encoding"] = gzip.compress(body, 1, mtime=0), "gzip"
    cut = delivery.wire_fault is not None and delivery.wire_fault.kind is FaultKind.TRUNCATED
    return _Cut(body, answer.status, headers) if cut else Response(body, answer.status, headers)


class _Cut(Response):
    """Promises its whole length and breaks off halfway: the server then closes the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's signature
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        half = bytes(self.body)[: len(self.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})


_Serve: TypeAlias = Callable[[Api, str, str, bytes], Answer]


def _signed(api: Api, serve: _Serve) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        signature = request.query_params.get("signature", "")
        said = serve(api, request.path_params["job_id"], signature, await request.body())
        return Response(said.body, said.status, {"content-type": said.content_type})

    return answer


def _take_ids(api: Api, job_id: str, signature: str, body: bytes) -> Answer:
    job = api.jobs.get(job_id)
    status = api.jobs.upload(job, signature, body, api.clock.now()) if job else 404
    return (
        Answer(status, b"", "text/plain") if status == 200 else answers.problem(status, "Refused", "Not this address")
    )


def _give_result(api: Api, job_id: str, signature: str, _: bytes) -> Answer:
    job = api.jobs.get(job_id)
    result = api.jobs.result(job, signature, api.clock.now()) if job else None
    if result is None:
        return answers.problem(403, "Refused", "No result is at this address, not yet or no longer")
    return Answer(200, result, "application/x-ndjson")
