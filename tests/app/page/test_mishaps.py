"""What goes wrong, what is stopped, and what happens elsewhere meanwhile."""

import os
import re
import signal
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import tifffile
from asked import lattice
from person import count, drop, press, sentence

if TYPE_CHECKING:
    from conftest import Visit
    from playwright.sync_api import Page
    from served import Served


def test_a_file_that_cannot_be_read_says_so_where_it_is(visit: "Visit", tmp_path: Path) -> None:
    broken = tmp_path / "broken.dm4"
    broken.write_bytes(b"no micrograph " * 40)
    page = visit()
    drop(page, broken)
    page.get_by_role("heading", name="broken.dm4 cannot be read").wait_for()
    told = page.locator(".invitation .error").inner_text()
    assert told.startswith("broken.dm4 cannot be read as DigitalMicrograph")
    assert page.get_by_role("button", name="Find columns").is_hidden()
    page.get_by_role("button", name="Remove broken.dm4").click()
    page.get_by_role("button", name="Try the sample").wait_for()


def test_a_file_without_pixel_size_is_warned_of_and_a_wrong_one_refused_in_its_place(
    visit: "Visit", tmp_path: Path
) -> None:
    plain = tmp_path / "plain.tif"
    tifffile.imwrite(plain, np.random.default_rng(0).integers(0, 255, (64, 80), dtype="u1"))
    page = visit()
    drop(page, plain)
    warning = page.locator("#option-pixel_size-about.warning")
    warning.wait_for()
    assert "does not say how large a pixel is" in warning.inner_text()
    page.get_by_role("textbox", name="Pixel size").fill("ten")
    press(page, "Find columns")
    said = page.locator(".doing .error")
    said.get_by_text("ten").wait_for()
    page.get_by_role("textbox", name="Pixel size").fill("10 pm")
    press(page, "Find columns")
    page.locator(".verdict.bad").wait_for()
    assert "--pixel-size" in page.locator(".command code").inner_text()


def test_work_goes_on_through_a_reload_and_can_be_cancelled(
    visit: "Visit", series: list[Path]
) -> None:
    page = visit()
    page.get_by_role("tab", name="Tomograms").click()
    drop(page, *series)
    page.locator("#files").get_by_role("button", name="tomo.mrc").first.click()
    press(page, "Reconstruct")
    page.locator(".progress").wait_for()
    page.reload()
    page.locator(".progress").wait_for()
    assert page.get_by_role("tab", name="Tomograms", selected=True).count() == 1
    press(page, "Cancel")
    page.get_by_text("This was cancelled.").wait_for()
    assert page.locator("#files .state.cancelled").count() == 1


def test_two_tabs_agree(visit: "Visit", atoms: Path) -> None:
    one = visit()
    two = visit(one)
    drop(one, atoms)
    two.locator("#files").get_by_role("button", name="corner.tif").first.click()
    press(one, "Find columns")
    two.get_by_role("tab", name="Result").click()
    sentence(two).wait_for()
    assert sentence(two).inner_text() == sentence(one).inner_text()
    two.get_by_role("button", name="Forget Columns of corner.tif").click()
    one.locator("#files .state").wait_for(state="detached")
    assert sentence(one).is_hidden()


def test_columns_corrected_in_one_tab_are_corrected_in_the_other(
    visit: "Visit", atoms: Path
) -> None:
    one = visit()
    drop(one, atoms)
    press(one, "Find columns")
    sentence(one).wait_for()
    two = visit(one)
    two.get_by_role("tab", name="Result").click()
    sentence(two).wait_for()
    one.get_by_role("button", name="Show row 2 in the image").click()
    one.locator(".viewer .stage").first.focus()
    one.keyboard.press("Delete")
    two.get_by_text("1 deleted by hand (corrected in another tab)").wait_for()
    assert count(two) == count(one)
    two.get_by_role("button", name="Show row 3 in the image").click()
    two.locator(".viewer .stage").first.focus()
    two.keyboard.press("Delete")
    one.get_by_text("2 deleted by hand (corrected in another tab)").wait_for()


def test_many_tabs_leave_each_other_the_few_connections_of_a_browser(
    visit: "Visit", atoms: Path
) -> None:
    first = visit()
    tabs = [first, *(visit(first) for _ in range(7))]
    drop(tabs[-1], atoms)
    for tab in tabs:
        tab.locator("#files").get_by_role("button", name="corner.tif").first.wait_for()
    for tab in (tabs[0], tabs[-1]):
        tab.locator("#files").get_by_role("button", name="corner.tif").first.click()
        tab.locator("dl.facts").first.wait_for()


def test_a_stranger_sees_nothing_of_another(visit: "Visit", atoms: Path) -> None:
    one, other = visit(), visit()
    drop(one, atoms)
    one.locator("#files").get_by_role("button", name="corner.tif").first.wait_for()
    other.reload()
    other.get_by_role("button", name="Try the sample").wait_for()
    assert other.locator("#files li").count() == 0


def test_several_files_are_one_piece_of_work_with_a_line_for_each(
    visit: "Visit", atoms: Path, tmp_path: Path
) -> None:
    second = tmp_path / "second.tif"
    second.write_bytes(atoms.read_bytes())
    page = visit()
    drop(page, atoms, second)
    press(page, "Find columns in 2 files")
    page.get_by_text("2 of 2 files are done").wait_for()
    rows = page.locator(".batch tbody tr")
    assert [row.locator("button").inner_text() for row in rows.all()] == [
        "corner.tif",
        "second.tif",
    ]
    rows.nth(1).locator("button").click()
    page.locator("#files li[aria-current]").get_by_text("second.tif").first.wait_for()
    sentence(page).wait_for()


def begin_long_work(page: "Page", tmp_path: Path) -> None:
    long = tmp_path / "long.tif"
    long.write_bytes(lattice(100))
    drop(page, long)
    press(page, "Find columns")
    page.get_by_text(re.compile(r"\d of 10")).wait_for()


@pytest.mark.skipif(os.name == "nt", reason="there is no such signal on Windows")
def test_work_whose_process_dies_says_so_and_can_be_begun_again(
    visit: "Visit", server: "Served", atoms: Path, tmp_path: Path
) -> None:
    page = visit()
    begin_long_work(page, tmp_path)
    ((_, worker),) = server.app.state.jobs._running.values()
    os.kill(worker._process.pid, signal.SIGKILL)
    page.locator(".failure").get_by_text("the process that did this has died").wait_for()
    drop(page, atoms)
    page.locator("#files").get_by_role("button", name="corner.tif").first.click()
    press(page, "Find columns")
    sentence(page).wait_for()


def test_work_that_fills_the_room_is_ended_and_new_files_are_refused(
    visit: "Visit", server: "Served", atoms: Path, tmp_path: Path
) -> None:
    page = visit()
    begin_long_work(page, tmp_path)
    *_, session = server.app.state.sessions
    session.settings = replace(session.settings, session_quota=1)
    page.locator(".failure").get_by_text("there is no room left for this").wait_for()
    drop(page, atoms)
    page.locator("#files").get_by_text("there is no room left for this").wait_for()


def test_the_end_of_the_session_takes_everything_away(visit: "Visit", atoms: Path) -> None:
    page = visit()
    drop(page, atoms)
    page.locator("dl.facts").first.wait_for()
    press(page, "End session")
    press(page, "Delete and end")
    page.get_by_text("The session has ended").wait_for()
    answer = page.request.get(page.url.partition("#")[0] + "api/files")
    assert answer.status == 401


def test_another_tab_is_told_that_the_session_is_over(visit: "Visit") -> None:
    one = visit()
    two = visit(one)
    press(one, "End session")
    press(one, "Delete and end")
    two.locator("#link").get_by_text("no session here, or it is over").wait_for()


def test_the_back_button_goes_to_the_wing_before(visit: "Visit") -> None:
    page = visit()
    page.get_by_role("tab", name="Tomograms").click()
    page.get_by_role("tab", name="Tomograms", selected=True).wait_for()
    page.evaluate("history.back()")
    page.get_by_role("tab", name="Atom columns", selected=True).wait_for()
    page.evaluate("history.forward()")
    page.get_by_role("tab", name="Tomograms", selected=True).wait_for()


def test_a_map_says_that_the_columns_have_changed_since(visit: "Visit", atoms: Path) -> None:
    page = visit()
    drop(page, atoms)
    press(page, "Find columns")
    sentence(page).wait_for()
    press(page, "Strain")
    page.locator(".maps .sentence").wait_for()
    stale = page.get_by_text("Made before the threshold or the columns were changed")
    assert stale.count() == 0
    press(page, "Columns")
    page.get_by_label("Threshold of the score").fill("0.9")
    page.get_by_role("group", name="Which map is shown").get_by_text("Strain").click()
    stale.wait_for()
    assert page.locator(".command code").inner_text().startswith("colonnade map strain")
