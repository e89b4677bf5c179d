"""What the server does not do, and why, in one sentence."""

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse


class Refused(HTTPException):
    """A request that is not carried out.

    Parameters
    ----------
    status
        The HTTP status.
    sentence
        What is wrong, and what to do about it.
    """

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(status, sentence)

    @property
    def sentence(self) -> str:
        """What is wrong."""
        return self.detail


def answer(status: int, sentence: str) -> JSONResponse:
    """Say what is wrong as every endpoint does."""
    return JSONResponse({"error": sentence}, status)
