"""Points over an image: what is drawn of them, and what a person does with them."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from site_of_viewer import Picture, Site

if TYPE_CHECKING:
    from playwright.sync_api import Page

AXE = Path(__file__).parents[3] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
Canvas = Callable[..., np.ndarray]

SIDE = 6
"""Columns along each axis."""

SPACING = 20.0
"""From one column to the next [px]."""

TABLE = """async ({columns, options}) => {
  const arrays = Object.entries(columns).map(([name, list]) => [name, Float64Array.from(list)]);
  const rows = arrays[0][1].length;
  globalThis.table = {rows, columns: Object.fromEntries(arrays)};
  viewer.setPoints(table, options);
}"""


@pytest.fixture(autouse=True)
def picture(site: Site) -> Picture:
    """An image of 120 x 160 whose pixels are three times as high as wide."""
    rows, columns = np.mgrid[:120, :160]
    levels = (100 + rows + 2 * columns).astype(np.uint16)
    return site.pictures.setdefault("ramp", Picture(levels, pixel_size=(0.03, 0.01)))


def lattice() -> dict[str, list[float]]:
    """A table of columns on a square lattice."""
    y, x = np.mgrid[:SIDE, :SIDE] * SPACING + 10
    index = np.arange(SIDE * SIDE)
    return {
        "y_px": y.ravel().tolist(),
        "x_px": x.ravel().tolist(),
        "sigma_y_px": np.full(index.size, 0.021).tolist(),
        "sigma_x_px": np.full(index.size, 0.034).tolist(),
        "score": (index / 100).tolist(),
        "grain": (index // 12).tolist(),
        "exx": ((index - 17.5) / 1000).tolist(),
    }


def lay(page: "Page", view: str = "{zoom: 4, centre: [50, 60]}", **options: Any) -> None:
    """Show the image with the lattice over it, hear of all that happens, and give it the focus."""
    page.evaluate(f"async () => {{ await show('ramp'); viewer.setView({view}); }}")
    page.evaluate(TABLE, {"columns": lattice(), "options": options})
    page.evaluate(
        "() => { globalThis.heard = {}; for (const type of ['pick', 'edits', 'region'])"
        " viewer.on(type, (detail) => { heard[type] = detail; }); }"
    )
    page.locator(".stage").first.focus()


def at(page: "Page", y: float, x: float) -> tuple[float, float]:
    """Where a position of the image is on the page, (x, y) as a mouse has it."""
    box = page.locator(".stage").first.bounding_box()
    assert box
    on_stage = page.evaluate(f"viewer.surface.view.toScreen({y}, {x})")
    return box["x"] + on_stage[1], box["y"] + on_stage[0]


def press(page: "Page", y: float, x: float) -> None:
    """Press the mouse at a position of the image."""
    page.mouse.click(*at(page, y, x))


def drag(page: "Page", start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag the mouse from one position of the image to another."""
    page.mouse.move(*at(page, *start))
    page.mouse.down()
    page.mouse.move(*at(page, *end), steps=4)
    page.mouse.up()


def dots(over: np.ndarray, centres: np.ndarray, reach: int = 12) -> list[np.ndarray]:
    """Centre of mass of what is drawn around each place on the canvas, (y, x)."""
    found = []
    for y, x in np.rint(centres).astype(int):
        part = over[y - reach : y + reach + 1, x - reach : x + reach + 1, 3].astype(float)
        rows, columns = np.mgrid[y - reach : y + reach + 1, x - reach : x + reach + 1] + 0.5
        found.append(np.array([(part * rows).sum(), (part * columns).sum()]) / part.sum())
    return found


def on_screen(page: "Page", positions: list[tuple[float, float]]) -> np.ndarray:
    """Where positions of the image are on the canvas, (y, x)."""
    script = f"{[list(each) for each in positions]}.map((p) => viewer.surface.view.toScreen(...p))"
    return np.array(page.evaluate(script))


def test_a_dot_lies_on_its_column_where_pixels_are_not_square(
    page: "Page", canvas: Canvas
) -> None:
    lay(page, "{zoom: 3.7, centre: [48.3, 61.2]}", sigmaY=None, sigmaX=None)
    expected = on_screen(page, [(30, 30), (50, 70), (50, 90)])
    for place, dot in zip(expected, dots(canvas("over"), expected), strict=True):
        assert dot == pytest.approx(place, abs=0.2)


def test_points_out_of_the_mask_are_not_drawn_and_not_found(page: "Page", canvas: Canvas) -> None:
    lay(page)
    for y, x, drawn in ((50, 50, True), (50, 70, False)):
        page.evaluate(
            "() => { const visible = Uint8Array.from(table.columns.x_px, (x) => x !== 70);"
            " viewer.setPoints(table, {visible}); }"
        )
        (place,) = on_screen(page, [(y, x)]).astype(int)
        over = canvas("over")
        assert (over[place[0], place[1], 3] == 255) == drawn
        page.evaluate("heard.pick = null")
        press(page, y, x)
        assert (page.evaluate("heard.pick?.row ?? null") is not None) == drawn


def test_a_press_tells_the_numbers_and_the_profile_of_a_column(page: "Page") -> None:
    lay(page)
    press(page, 50.4, 50.4)
    assert page.evaluate("heard.pick") == {"row": 2 * SIDE + 2, "y": 50, "x": 50}
    panel = page.get_by_role("region", name="Selected")
    text = panel.inner_text().replace("\n", " ")
    assert "Column 15" in text
    assert "50.000 ± 0.021" in text
    assert "50.000 ± 0.034" in text
    chart = panel.get_by_role("img")
    chart.wait_for()
    # Along x from 20 to 80, two grey levels a pixel; along y as far, one a pixel.
    assert chart.get_attribute("aria-label") == "Grey levels from 190 to 310 along 1.8 nm"
    assert "Column 15" in page.locator(".spoken").inner_text()
    press(page, 40, 40)
    assert page.evaluate("heard.pick") == {"row": None}
    assert not panel.is_visible()


def test_columns_are_added_deleted_and_moved_and_all_is_taken_back(page: "Page") -> None:
    lay(page)
    page.get_by_role("button", name="Add").click()
    press(page, 40, 40)
    page.get_by_role("button", name="Delete").click()
    press(page, 50, 50)
    page.get_by_role("button", name="Move").click()
    drag(page, (50, 70), (52.5, 73))
    edits = page.evaluate("heard.edits.edits")
    assert edits[0] == {
        "op": "add",
        "y": pytest.approx(40, abs=0.1),
        "x": pytest.approx(40, abs=0.2),
    }
    assert edits[1] == {"op": "delete", "row": 14}
    moved = {"y": pytest.approx(52.5, abs=0.1), "x": pytest.approx(73, abs=0.3)}
    assert edits[2] == {"op": "move", "row": 15, **moved}
    assert page.evaluate("viewer.edits()") == edits
    for count in (2, 1, 0):
        page.keyboard.press("Control+z")
        assert page.evaluate("viewer.edits().length") == count
    assert page.get_by_role("button", name="Undo").is_disabled()
    for _ in range(3):
        page.keyboard.press("Control+y")
    assert page.evaluate("viewer.edits()") == edits


def test_the_same_table_keeps_what_was_done_and_another_does_not(page: "Page") -> None:
    lay(page)
    page.evaluate("viewer.setEdits([{op: 'delete', row: 3}])")
    page.evaluate("viewer.setPoints(table, {colourBy: 'score'})")
    assert page.evaluate("viewer.edits()") == [{"op": "delete", "row": 3}]
    page.evaluate("viewer.setPoints({...table}, {colourBy: 'score'})")
    assert page.evaluate("viewer.edits()") == []


def test_everything_is_done_by_keys_alone(page: "Page") -> None:
    lay(page)
    key = page.keyboard.press
    key("n")
    key("Tab")
    assert page.evaluate("heard.pick.row") == 1
    key("Shift+Tab")
    assert page.evaluate("heard.pick.row") == 0
    key("m")
    key("ArrowDown")
    key("Shift+ArrowLeft")
    (edit,) = page.evaluate("viewer.edits()")
    assert edit == {"op": "move", "row": 0, "y": pytest.approx(11), "x": pytest.approx(9.9)}
    key("Delete")
    assert page.evaluate("viewer.edits()") == [{"op": "delete", "row": 0}]
    key("a")
    page.evaluate("viewer.setView({centre: [40, 40]})")
    key("ArrowUp")
    key("Enter")
    added = page.evaluate("viewer.edits()[1]")
    assert added == {"op": "add", "y": 38, "x": 40}
    key("Escape")
    assert page.evaluate("heard.pick.row") is None
    assert page.evaluate("viewer.state().selected") is None


def test_the_focus_leaves_behind_the_last_column(page: "Page") -> None:
    lay(page)
    page.evaluate(f"viewer.select({SIDE * SIDE - 1})")
    page.locator(".stage").first.focus()
    page.keyboard.press("Tab")
    inside = "viewer.element.shadowRoot.activeElement?.classList.contains('stage') ?? false"
    assert not page.evaluate(inside)


def test_regions_count_their_columns_and_delete_them_in_one_step(page: "Page") -> None:
    lay(page)
    page.keyboard.press("r")
    drag(page, (25, 25), (55, 75))
    region = page.evaluate("heard.region")
    assert (region["y0"], region["x1"]) == pytest.approx((25, 75), abs=0.3)
    assert page.evaluate("viewer.chosen()") == [7, 8, 9, 13, 14, 15]
    spoken = page.locator(".spoken").inner_text().split()
    assert spoken[1:4] + spoken[5:] == ["6", "columns,", "0.5", "0.9", "nm"]
    page.keyboard.down("Shift")
    drag(page, (45, 65), (75, 95))
    page.keyboard.up("Shift")
    assert page.evaluate("viewer.chosen()") == [7, 8, 9, 13, 14, 15, 16, 21, 22]
    page.keyboard.press("Delete")
    assert len(page.evaluate("viewer.edits()")) == 9
    assert page.evaluate("viewer.chosen()") == []
    page.keyboard.press("Control+z")
    assert page.evaluate("viewer.edits()") == []
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    assert page.evaluate("heard.region") is None


def test_regions_are_dropped_one_by_one(page: "Page") -> None:
    lay(page)
    page.keyboard.press("r")
    page.keyboard.down("Shift")
    for y, x in [(30, 20), (30, 60), (55, 40)]:
        drag(page, (y, x), (y + 15, x + 20))
    page.keyboard.up("Shift")
    left = "heard.region.regions.map(({ y0, x0 }) => [Math.round(y0), Math.round(x0)])"
    press(page, 40, 70)
    assert page.evaluate(left) == [[30, 20], [55, 40]]
    page.keyboard.press("Escape")
    assert page.evaluate(left) == [[30, 20]]
    press(page, 60, 90)
    assert page.evaluate("heard.region") is None


def test_a_held_arrow_key_is_one_step(page: "Page") -> None:
    lay(page)
    page.keyboard.press("m")
    page.evaluate("viewer.select(7)")
    for _ in range(4):
        page.keyboard.down("ArrowRight")  # repeats, as it was not let go
    page.keyboard.up("ArrowRight")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("viewer.edits()") == [{"op": "move", "row": 7, "y": 31, "x": 34}]
    page.keyboard.press("Control+z")
    assert page.evaluate("viewer.edits()") == [{"op": "move", "row": 7, "y": 30, "x": 34}]
    page.keyboard.press("Control+z")
    assert page.evaluate("viewer.edits()") == []


def test_a_region_is_drawn_with_keys(page: "Page") -> None:
    lay(page)
    page.evaluate("viewer.setView({centre: [30, 30]})")
    page.keyboard.press("r")
    page.keyboard.press("Enter")
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    region = page.evaluate("heard.region")
    assert [region[name] for name in ("y0", "x0", "y1", "x1")] == [30, 30, 36, 42]


def test_a_profile_goes_along_a_line(page: "Page") -> None:
    lay(page)
    page.keyboard.press("p")
    drag(page, (40, 40), (40, 80))
    chart = page.get_by_role("region", name="Profile").get_by_role("img")
    chart.wait_for()
    low, high = chart.get_attribute("aria-label").split(" along ")[0].split()[-3::2]
    assert float(low) == pytest.approx(220, abs=2)
    assert float(high) == pytest.approx(300, abs=2)


def test_categories_and_signed_quantities_have_colours_of_their_kind(
    page: "Page", canvas: Canvas
) -> None:
    lay(page, "{zoom: 3, centre: [60, 60]}", colourBy="grain")
    places = on_screen(page, [(50, 50), (50, 70), (30, 50)]).astype(int)

    def colours() -> list[list[int]]:
        over = canvas("over")
        return [over[y, x, :3].astype(int).tolist() for y, x in places]

    first, same, other = colours()
    assert first == same
    assert np.abs(np.subtract(first, other)).sum() > 60
    legend = page.locator(".legend")
    assert legend.locator("li").all_inner_texts() == ["0", "1", "2"]
    page.evaluate("viewer.setPoints(table, {colourBy: 'exx'})")
    assert legend.locator(".ends span").all_inner_texts() == ["\N{MINUS SIGN}0.0175", "0.0175"]
    page.evaluate("viewer.setPoints(table, {colourBy: 'exx', range: [-1, 1]})")
    near_zero = colours()[0]
    assert max(near_zero) - min(near_zero) < 16
    assert min(near_zero) > 200


def test_arrows_show_where_columns_are_displaced(page: "Page", canvas: Canvas) -> None:
    lay(page, "{zoom: 8, centre: [50, 50]}")
    page.evaluate(
        "() => { table.columns.uy = new Float64Array(table.rows).fill(0);"
        " table.columns.ux = new Float64Array(table.rows).fill(0.5);"
        " viewer.setPoints(table, {sigmaY: null, vectors: {y: 'uy', x: 'ux', scale: 10}}); }"
    )
    ((y, x),) = on_screen(page, [(50, 50)])
    over = canvas("over")[..., 3]
    along, beside = over[int(y), int(x) + 20 : int(x) + 39], over[int(y) + 20, int(x)]
    assert (along > 0).all()
    assert over[int(y), int(x) + 44] == 0
    assert beside == 0


def test_what_may_not_be_changed_has_no_tools_for_it(page: "Page") -> None:
    lay(page, editable=False, noun="particle")
    assert not page.get_by_role("button", name="Add").is_visible()
    assert not page.get_by_role("button", name="Undo").is_visible()
    page.keyboard.press("d")
    press(page, 50, 50)
    page.keyboard.press("Delete")
    assert page.evaluate("viewer.edits()") == []
    assert "Particle 15" in page.get_by_role("region", name="Selected").inner_text()


def test_a_table_without_rows_can_be_added_to(page: "Page") -> None:
    page.evaluate("async () => { await show('ramp'); viewer.setView({centre: [60, 80]}); }")
    page.evaluate(TABLE, {"columns": {"y_px": [], "x_px": []}, "options": {}})
    page.locator(".stage").first.focus()
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    assert page.evaluate("viewer.edits()") == [{"op": "add", "y": 60, "x": 80}]


def test_another_image_forgets_the_points_of_the_one_before(page: "Page") -> None:
    lay(page)
    press(page, 50, 50)
    page.evaluate("async () => show('ramp')")
    assert page.evaluate("viewer.state().selected") is None
    assert not page.get_by_role("region", name="Selected").is_visible()
    assert not page.get_by_role("button", name="Add").is_visible()


@pytest.mark.skipif(not AXE.exists(), reason="needs `npm ci` in frontend/")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_lies_over_the_image_is_open_to_everyone(page: "Page", scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    lay(page, colourBy="grain")
    press(page, 50, 50)
    page.get_by_role("region", name="Selected").get_by_role("img").wait_for()
    page.evaluate(AXE.read_text())
    result = page.evaluate("axe.run()")
    page.emulate_media(color_scheme=None)
    assert [(each["id"], each["nodes"][0]["html"]) for each in result["violations"]] == []
