"""A server, visitors with a browser each, and small files of every wing for them to drop."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import tifffile

from colonnade.core.files.batch import sample

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytest.importorskip("fastapi", reason="needs the extra serve")
pytest.importorskip("playwright", reason="needs playwright")

sys.path.insert(0, str(Path(__file__).parent))  # for person

from served import TOKEN, Served, served

Visit = Callable[..., "Page"]


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served(workers=1, readers=1) as running:
        yield running


@pytest.fixture
def visit(browser: "Browser", server: Served) -> Iterator[Visit]:
    """Come in with a browser of one's own, or into the session of another page."""
    contexts: list[Any] = []
    errors: list[str] = []

    def come(other: "Page | None" = None, **options: Any) -> "Page":
        if other is None:
            context = browser.new_context(viewport={"width": 1280, "height": 800}, **options)
            contexts.append(context)
        else:
            context = other.context
        page = context.new_page()
        page.set_default_timeout(40_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{server.address}/?token={TOKEN}" if other is None else server.address)
        page.get_by_role("tab", name="Atom columns").wait_for()
        return page

    yield come
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture(scope="session")
def atoms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corner of the sample: some 200 columns, 16 pm a pixel."""
    return _corner(sample(), tmp_path_factory.mktemp("atoms") / "corner.tif", 200, 0.016)


@pytest.fixture(scope="session")
def sem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corner of the scanning electron micrograph, 5 nm a pixel."""
    return _corner(sample("sem.tif"), tmp_path_factory.mktemp("sem") / "powder.tif", 96, 5.0)


def _corner(source: Path, target: Path, size: int, pixel_size: float) -> Path:
    image = np.asarray(tifffile.imread(source))[:size, : size + 20]
    per_nm = 1 / pixel_size
    tifffile.imwrite(
        target, image, imagej=True, resolution=(per_nm, per_nm), metadata={"unit": "nm"}
    )
    return target


@pytest.fixture(scope="session")
def series() -> list[Path]:
    """The tilt series that the package carries, and its angles."""
    series = sample("tomo.mrc")
    return [series.with_suffix(".rawtlt"), series]
