"""The way in and out, and the page itself."""

import html
from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse

from colonnade.app.api.answers import Key, refusals
from colonnade.app.api.session import Visitor
from colonnade.app.refusals import Refused
from colonnade.app.settings import Settings, is_loopback
from colonnade.app.visitors.security import UNKNOWN, VISITOR, bearer_key
from colonnade.app.visitors.sessions import Session

router = APIRouter()

_APP = Path(__file__).parents[1]
_TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
_FRAME = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Colonnade</title>{}</html>'
_AGAIN = _FRAME.format(
    '<meta http-equiv="refresh" content="0;url=/"><p><a href="/">Open Colonnade</a>'
)


@router.get("/", include_in_schema=False)
async def open_page(request: Request, token: str | None = None) -> Response:
    """Let a visitor with the token in, and give the page to one who is in."""
    session: Session | None = request.scope[VISITOR]
    if token is not None and request.app.state.tokens.accepts(token):
        return _let_in(request, session or request.app.state.sessions.open())
    if session is None:
        return HTMLResponse(_FRAME.format(f"<p>{html.escape(UNKNOWN)}"), 401)
    return page_file("index.html") if token is None else RedirectResponse("/", 303)


@router.post(
    "/api/sign-in", status_code=201, response_model=Key, responses=refusals(429), tags=["visitors"]
)
async def sign_in(request: Request) -> Key:
    """Let a program with the token in: it gets the key of a session of its own."""
    if not request.app.state.tokens.accepts(bearer_key(request.headers)):
        raise Refused(401, "this is not the token; `colonnade serve` prints it when it starts")
    return Key(key=request.app.state.sessions.open().key)


@router.post("/api/sign-out", status_code=204, responses=refusals(), tags=["visitors"])
async def sign_out(request: Request, session: Visitor) -> Response:
    """Forget the visitor, and delete every file and result."""
    await request.app.state.sessions.close(session)
    response = Response(status_code=204)
    response.delete_cookie(request.app.state.settings.cookie)
    return response


@router.get("/{name:path}", include_in_schema=False)
async def static_file(name: str, session: Visitor) -> Response:
    """Give a part of the page."""
    if name.startswith("api/"):
        raise Refused(404, "there is nothing at this address")
    return page_file(name)


def page_file(name: str) -> FileResponse:
    """Give a file of the page.

    Raises
    ------
    Refused
        If there is none of that name.
    """
    # Looked up among what is there, so that no name leads anywhere else.
    known = {path.relative_to(_APP / "page").as_posix(): path for path in _page_files()}
    known["viewer.js"] = _APP / "viewer.js"
    if name not in known or not known[name].is_file():
        raise Refused(404, "there is nothing at this address")
    return FileResponse(known[name], media_type=_TYPES.get(known[name].suffix))


def _page_files() -> list[Path]:
    return [path for path in (_APP / "page").rglob("*") if path.suffix in _TYPES]


def _let_in(request: Request, session: Session) -> Response:
    # Browsers send no strict cookie along a way that began on another site: the page is then
    # opened from here.
    from_elsewhere = request.headers.get("sec-fetch-site") == "cross-site"
    response = HTMLResponse(_AGAIN) if from_elsewhere else RedirectResponse("/", 303)
    settings: Settings = request.app.state.settings
    # At one's own machine a closed browser ends nothing; others may share theirs.
    own = is_loopback(settings.host) and settings.origin is None
    response.set_cookie(
        settings.cookie,
        session.key,
        max_age=int(settings.idle.total_seconds()) if own else None,
        httponly=True,
        samesite="strict",
        secure=settings.origin is not None and settings.origin.startswith("https:"),
    )
    return response
