"""What a person does on the page, and sees there."""

import re
from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

DROP = """async (files) => {
  const carried = new DataTransfer();
  for (const [name, text] of files) {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    carried.items.add(new File([bytes], name));
  }
  const options = { dataTransfer: carried, bubbles: true, cancelable: true };
  document.body.dispatchEvent(new DragEvent("dragover", options));
  document.body.dispatchEvent(new DragEvent("drop", options));
}"""


def drop(page: "Page", *files: Path) -> None:
    """Drop files onto the page, as from the desktop."""
    page.evaluate(DROP, [[file.name, b64encode(file.read_bytes()).decode()] for file in files])


def press(page: "Page", name: str) -> None:
    """Press a button by what is written on it."""
    page.get_by_role("button", name=name, exact=True).click()


def sentence(page: "Page") -> "Locator":
    """What was found, in words."""
    return page.locator("#result .sentence").first


def count(page: "Page") -> int:
    """How many columns count at the threshold that is set."""
    said = page.locator("output[for=threshold]").filter(has_text=re.compile(r"\d"))
    text = said.inner_text()
    return int(re.match(r"[\d,]+", text)[0].replace(",", ""))  # type: ignore[index]


def download(page: "Page", name: str, folder: Path) -> Path:
    """Take a file of the result along."""
    with page.expect_download() as coming:
        page.get_by_role("link", name=name, exact=True).click()
    target = folder / name
    coming.value.save_as(target)
    return target
