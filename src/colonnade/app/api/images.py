"""Images of files and of results, in levels and tiles."""

from typing import Any

from fastapi import APIRouter, Request, Response

from colonnade.app.api.answers import Manifest, refusals
from colonnade.app.api.session import SIGNED_IN, Visitor

router = APIRouter(prefix="/api", tags=["images"], dependencies=SIGNED_IN)

_PIXELS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Pixels, little-endian, row by row",
        "content": {
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}
        },
        "headers": {
            "X-Dtype": {"description": "Number type of a pixel", "schema": {"type": "string"}},
            "X-Shape": {"description": "Rows, columns", "schema": {"type": "string"}},
        },
    }
}


@router.get("/images/{image}", response_model=Manifest, responses=refusals(404))
async def show_image(request: Request, session: Visitor, image: str) -> Manifest:
    """Say what an image is, before any of it is shown."""
    found = session.image(image)
    told = await request.app.state.readers.manifest(session.key, found.path, found.signal)
    return Manifest.model_validate(told)


@router.get(
    "/images/{image}/tiles/{axis}/{plane}/{level}/{row}/{column}",
    response_class=Response,
    responses={**_PIXELS, **refusals(404)},
)
async def show_tile(
    request: Request,
    session: Visitor,
    image: str,
    axis: str,
    plane: int,
    level: int,
    row: int,
    column: int,
) -> Response:
    """Give a tile: level 0 has the pixels themselves, the others means of squares of them."""
    found = session.image(image)
    place = axis, plane, level, row, column
    tile = await request.app.state.readers.tile(session.key, found.path, found.signal, place)
    height, width = tile.shape
    return Response(
        tile.pixels,
        media_type="application/octet-stream",
        headers={"X-Dtype": tile.dtype, "X-Shape": f"{height},{width}"},
    )
