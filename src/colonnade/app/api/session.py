"""The visitor who asks, as every endpoint wants it."""

from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPBearer

from colonnade.app.refusals import Refused
from colonnade.app.visitors.security import UNKNOWN, VISITOR
from colonnade.app.visitors.sessions import Session

SIGNED_IN = (Security(HTTPBearer(scheme_name="key", auto_error=False)),)
"""How OpenAPI says that a program is known; the gate has looked before, at cookies too."""


def current_session(request: Request) -> Session:
    """Give the session that the gate has found."""
    session: Session | None = request.scope[VISITOR]
    if session is None:
        raise Refused(401, UNKNOWN)
    return session


Visitor = Annotated[Session, Depends(current_session)]
