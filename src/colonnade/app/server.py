"""The server of the page: what belongs to it, and how long it lives."""

import asyncio
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import uvicorn
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

import colonnade
from colonnade.app.api import entrance, events, files, images, jobs, models, results
from colonnade.app.images.readers import Readers
from colonnade.app.jobs.jobs import Jobs
from colonnade.app.refusals import Refused, answer
from colonnade.app.settings import Settings
from colonnade.app.tasks import Tasks
from colonnade.app.visitors.folders import private_folder
from colonnade.app.visitors.security import Gate, Tokens
from colonnade.app.visitors.sessions import Sessions

_LOOKED_FOR_IDLE_S = 600.0
_ENDING_S = 3
"""Answers that are on their way when the server ends have so long to arrive."""

_PLAIN = {404: "there is nothing at this address", 405: "this cannot be done at this address"}


_PARTS = (files, images, models, jobs, events, results, entrance)
"""What can be asked; the last takes all other addresses."""


def create_app(settings: Settings) -> FastAPI:
    """Make the application; its folders, processes and visitors live as long as it runs."""
    app = FastAPI(
        title="Colonnade",
        version=colonnade.__version__,
        summary=colonnade.__doc__,
        lifespan=_life,
        docs_url=None,  # these pages load scripts from elsewhere
        redoc_url=None,
        openapi_url="/api/openapi.json",
    )
    app.state.settings = settings
    app.state.tokens = Tokens(settings.token)
    app.add_middleware(Gate, settings=settings)
    app.add_exception_handler(HTTPException, _refuse)
    app.add_exception_handler(RequestValidationError, _refuse_form)
    for part in _PARTS:
        app.include_router(part.router)
    return app


@asynccontextmanager
async def _life(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    with private_folder(settings.folder) as folder:
        state = app.state
        state.tasks = Tasks()
        state.readers = Readers(settings)
        state.jobs = Jobs(settings)
        state.sessions = Sessions(folder, settings, state.jobs.forget)
        await state.readers.start()
        await state.jobs.start()
        state.tasks.begin(_close_idle(state.sessions, state.jobs))
        try:
            yield
        finally:
            await state.sessions.close_all()
            await state.tasks.stop()
            await state.jobs.stop()
            await state.readers.stop()


async def _close_idle(sessions: Sessions, jobs: Jobs) -> None:
    while True:
        await asyncio.sleep(_LOOKED_FOR_IDLE_S)
        await close_idle(sessions, jobs)


async def close_idle(sessions: Sessions, jobs: Jobs) -> None:
    """Forget the visitors who have not been seen for long, and for whom nothing works."""
    for session in sessions.idle():
        if all(job.has_ended for job in jobs.of(session).values()):
            await sessions.close(session)


async def _refuse(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if isinstance(error, Refused):
        return answer(error.status_code, error.sentence)
    return answer(error.status_code, _PLAIN.get(error.status_code, error.detail))


async def _refuse_form(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"][1:]) or "the request"
    return answer(422, f"{place}: {first['msg'][:1].lower()}{first['msg'][1:]}")


class _Server(uvicorn.Server):
    """Ends the streams of events first, as it would wait for them."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._app = app

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._app.state.sessions.end_streams()
        await super().shutdown(sockets)


def serve(settings: Settings, listening: socket.socket, begun: Callable[[FastAPI], None]) -> None:
    """Serve until Ctrl-C.

    Parameters
    ----------
    settings
        Of the server.
    listening
        Where visitors come in.
    begun
        Called when they can.
    """
    app = create_app(settings)
    config = uvicorn.Config(
        app,
        access_log=False,  # it would show the token
        log_level="warning",
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=_ENDING_S,
    )
    server = _Server(config, app)
    if hasattr(signal, "SIGHUP"):  # the terminal was closed
        signal.signal(signal.SIGHUP, server.handle_exit)
    begun(app)
    with suppress(KeyboardInterrupt):
        server.run(sockets=[listening])
