"""Who has no mouse, sees little, or has a narrow or dark screen."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from person import drop, press, sentence

if TYPE_CHECKING:
    from conftest import Visit
    from playwright.sync_api import Page

AXE = Path(__file__).parents[3] / "frontend/node_modules/axe-core/axe.min.js"


def violations(page: "Page") -> list[str]:
    """What axe finds against the page, after the content policy lets it in."""
    page.evaluate(AXE.read_text() + "; undefined")
    found = page.evaluate("axe.run()")
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


@pytest.mark.skipif(not AXE.exists(), reason="needs `npm ci` in frontend/")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(visit: "Visit", atoms: Path, scheme: str) -> None:
    page = visit(color_scheme=scheme, reduced_motion="reduce")
    page.get_by_role("button", name="Try the sample").wait_for()
    assert violations(page) == []
    drop(page, atoms)
    page.get_by_role("button", name="Find columns").wait_for()
    page.get_by_text("More options").click()
    assert violations(page) == []
    press(page, "Find columns")
    sentence(page).wait_for()
    page.get_by_text("Settings of the maps").click()
    assert violations(page) == []


def test_the_whole_way_without_a_mouse(visit: "Visit") -> None:
    page = visit()
    tab_to(page, "Atom columns")
    page.keyboard.press("ArrowRight")
    page.get_by_role("tab", name="Super-resolution", selected=True).wait_for()
    page.keyboard.press("ArrowLeft")
    tab_to(page, "Sample")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Find columns").wait_for()
    tab_to(page, "Find columns")
    page.keyboard.press("Enter")
    sentence(page).wait_for()
    tab_to(page, "threshold")
    page.keyboard.press("End")
    page.get_by_text("0 columns of").wait_for()
    tab_to(page, "Back to 0.55")
    page.keyboard.press("Enter")
    tab_to(page, "Copy")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Copied").wait_for()


def tab_to(page: "Page", what: str, most: int = 400) -> None:
    """Go on with the Tab key until something is reached, by its words or its id."""
    for _ in range(most):
        page.keyboard.press("Tab")
        reached = page.evaluate(
            "() => [document.activeElement.innerText?.trim(), document.activeElement.id]"
        )
        if what in reached:
            return
    raise AssertionError(f"{what} cannot be reached by the Tab key")


@pytest.mark.parametrize("width", [800, 1280, 1920])
def test_nothing_sticks_out_of_a_narrow_or_wide_page(
    visit: "Visit", atoms: Path, width: int
) -> None:
    page = visit()
    page.set_viewport_size({"width": width, "height": 800})
    drop(page, atoms)
    page.get_by_role("button", name="Find columns").wait_for()
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide == width
