"""What has changed, told as it happens, or when it is asked for."""

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query
from fastapi.responses import StreamingResponse

from colonnade.app.api.answers import Answer, refusals
from colonnade.app.api.session import SIGNED_IN, Visitor
from colonnade.app.visitors.events import Event, Kind
from colonnade.app.visitors.sessions import Session

router = APIRouter(prefix="/api", tags=["events"], dependencies=SIGNED_IN)

HEARTBEAT = 15.0
"""Where nothing changes, a sign of life is given after so long [s]."""

RETRY_MS = 1000
"""A browser that has lost the stream asks again after so long."""

Since = Annotated[int, Query(ge=0)]


class Change(Answer):
    """A change, and its number."""

    seq: int
    type: Kind
    data: dict[str, Any]


class Changes(Answer):
    """What has changed, and the number to ask with the next time."""

    seq: int
    events: list[Change]


@router.get("/changes", response_model=Changes, responses=refusals())
async def changes(session: Visitor, since: Since = 0) -> dict[str, Any]:
    """Say what has changed since."""
    events = [event.to_json() for event in session.events.since(since)]
    return {"seq": session.events.seq, "events": events}


@router.get(
    "/events",
    responses={**refusals(), 200: {"content": {"text/event-stream": {}}}},
    response_class=StreamingResponse,
)
async def events(
    session: Visitor,
    since: Since = 0,
    last_event_id: Annotated[str | None, Header()] = None,
) -> StreamingResponse:
    """Tell what has changed since, and what changes from now on."""
    asked = last_event_id or ""
    known = int(asked) if asked.isascii() and asked.isdecimal() else since
    return StreamingResponse(_told(session, known), media_type="text/event-stream")


async def _told(session: Session, since: int) -> AsyncIterator[str]:
    yield f"retry: {RETRY_MS}\n\n"
    async for event in session.events.follow(since, HEARTBEAT):
        session.touch()
        yield ": still here\n\n" if event is None else _as_text(event)


def _as_text(event: Event) -> str:
    data = json.dumps(event.data)
    return f"id: {event.seq}\nevent: {event.kind}\ndata: {data}\n\n"
