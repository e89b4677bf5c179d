"""From dropping a file to taking the result along, in each wing."""

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import tifffile
from person import count, download, drop, press, sentence

import colonnade
from colonnade.core.files.open import read_volume

if TYPE_CHECKING:
    from conftest import Visit


@pytest.fixture(scope="session")
def located(atoms: Path) -> colonnade.Columns:
    """What the package finds in the corner of the sample without a page."""
    return colonnade.locate(atoms)


def test_columns_from_the_drop_to_the_table(
    visit: "Visit", atoms: Path, located: colonnade.Columns, tmp_path: Path
) -> None:
    page = visit()
    drop(page, atoms)
    facts = page.locator("dl.facts").first
    facts.wait_for()
    assert "200 x 220" in facts.inner_text()
    assert "16 pm" in page.locator("#option-pixel_size-about").inner_text()
    press(page, "Find columns")
    sentence(page).wait_for()
    assert f"{len(located)} columns" in sentence(page).inner_text()
    assert "Looks like atom columns" in page.locator(".verdict").inner_text()
    assert count(page) == len(located)
    assert page.locator(".command code").inner_text() == f"colonnade locate {atoms.name}"

    asked: list[str] = []
    page.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
    slider = page.get_by_label("Threshold of the score")
    slider.press("Home")
    page.get_by_text(" at 0.00").wait_for()
    everything = count(page)
    assert everything > len(located)
    slider.fill("0.9")
    page.get_by_text(" at 0.90").wait_for()
    sure = int((located.score >= 0.9).sum())
    assert count(page) == sure
    page.get_by_text(f"{sure} columns, nearest").wait_for()
    assert not [one for one in asked if one.startswith("POST")]

    table = download(page, "corner.columns.csv", tmp_path)
    scores = [float(row["score"]) for row in csv.DictReader(table.read_text().splitlines())]
    assert len(scores) == sure
    assert min(scores) >= 0.9


def test_a_map_lies_over_the_columns_and_its_table_can_be_taken_along(
    visit: "Visit", atoms: Path, tmp_path: Path
) -> None:
    page = visit()
    drop(page, atoms)
    press(page, "Find columns")
    press(page, "Neighbours")
    said = page.locator(".maps .sentence")
    said.wait_for()
    assert page.get_by_role("button", name="Neighbours", pressed=True).count() == 1
    assert page.get_by_role("img", name="Picture of the map").count() == 1
    table = download(page, "corner.neighbours.csv", tmp_path)
    rows = list(csv.DictReader(table.read_text().splitlines()))
    assert f"Table, 100 of {len(rows)} rows" in page.locator(".dock summary").inner_text()
    assert page.locator(".command code").inner_text().startswith("colonnade map neighbours ")
    press(page, "Columns")
    page.get_by_label("Threshold of the score").wait_for()


def test_the_table_is_ordered_by_a_column_and_leads_to_the_image(
    visit: "Visit", atoms: Path, located: colonnade.Columns
) -> None:
    page = visit()
    drop(page, atoms)
    press(page, "Find columns")
    sentence(page).wait_for()
    press(page, "Intensity")
    first = page.locator(".dock tbody tr").first
    page.locator("th[aria-sort=ascending]").wait_for()
    assert located.intensity is not None
    lowest = float(np.nanmin(located.intensity))
    assert f"{lowest:.4g}" in first.inner_text()
    first.locator("button").click()
    assert first.get_attribute("aria-current") == "true"
    page.get_by_role("status", name="Zoom").get_by_text("1200 %").wait_for()


def test_what_is_corrected_by_hand_is_kept_and_comes_with_the_table(
    visit: "Visit", atoms: Path, tmp_path: Path
) -> None:
    page = visit()
    drop(page, atoms)
    press(page, "Find columns")
    sentence(page).wait_for()
    before = count(page)
    page.get_by_role("button", name="Show row 2 in the image").click()
    page.locator(".viewer .stage").first.focus()
    page.keyboard.press("Delete")
    page.get_by_text("1 deleted by hand (saved)").wait_for()
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    page.get_by_text("1 added, 1 deleted by hand (saved)").wait_for()
    assert count(page) == before
    page.reload()
    page.get_by_text("1 added, 1 deleted by hand").wait_for()
    table = download(page, "corner.columns.csv", tmp_path)
    edited = [row["edited"] for row in csv.DictReader(table.read_text().splitlines())]
    assert len(edited) == before
    assert edited.count("2") == 1


def test_a_finer_image_beside_the_measured_one(visit: "Visit", sem: Path, tmp_path: Path) -> None:
    page = visit()
    page.get_by_role("tab", name="Super-resolution").click()
    drop(page, sem)
    press(page, "Upscale")
    sentence(page).wait_for()
    assert sentence(page).inner_text().startswith("4 times finer, 384 x 464 pixels")
    assert page.locator(".choices").get_by_role("button", name="Swipe", pressed=True).count() == 1
    page.get_by_label("Trust map").check()
    page.get_by_role("slider", name="How strongly it covers the image").wait_for()
    press(page, "Upscaled")
    page.get_by_text("464 px wide, 384 high").wait_for()
    finer = download(page, "powder.x4.tif", tmp_path)
    assert tifffile.imread(finer).shape == (384, 464)


def test_a_volume_from_a_series_and_its_angles(
    visit: "Visit", series: list[Path], tmp_path: Path
) -> None:
    page = visit()
    page.get_by_role("tab", name="Tomograms").click()
    drop(page, *series)
    page.locator("#files").get_by_role("button", name="tomo.mrc").first.click()
    page.get_by_role("heading", name="Tilt series").wait_for()
    page.get_by_label("Method").select_option("wbp")
    press(page, "Reconstruct")
    sentence(page).wait_for()
    assert "from 71 views between -70 and 70 degrees" in sentence(page).inner_text()
    page.get_by_text("Slice 49 of 96").wait_for()
    assert page.locator(".viewer .stage:visible").count() == 3
    assert page.get_by_role("img", name="Fourier space: 71 views").count() == 1
    assert page.get_by_role("img", name="Residual of each view").count() == 1
    volume = download(page, "tomo.wbp.mrc", tmp_path)
    assert read_volume(volume).shape == (96, 64, 96)
    assert page.locator(".command code").inner_text() == (
        "colonnade reconstruct tomo.mrc --method wbp"
    )
