"""The models that the package carries."""

from functools import cache

from fastapi import APIRouter

from colonnade.app.api.answers import Model, refusals
from colonnade.app.api.session import SIGNED_IN, Visitor
from colonnade.core.learn.model import read_card, shipped
from colonnade.wings import wing_card

router = APIRouter(prefix="/api", tags=["models"], dependencies=SIGNED_IN)


@router.get("/models", response_model=list[Model], responses=refusals())
def list_models(session: Visitor) -> list[Model]:
    """List the models."""
    return [_told(name) for name in shipped()]


@cache
def _told(name: str) -> Model:
    card = read_card(name)
    summary = wing_card(card.wing).of(card).summary
    return Model.model_validate({"name": name, "wing": card.wing, "summary": summary})
