"""The sentence says how noisy an image was, and doubts what is to be doubted."""

from dataclasses import replace

import pytest

from colonnade.core.measures.noise import NoiseModel
from colonnade.tomo.denoise.denoised import Assessment

WHITE = NoiseModel(0.5, 0.0, 0.1, 25.0, (0.02, 0.0, 0.0, 0.0, 0.0, 0.0))
FOUND = Assessment("image", (64, 96), (None, 2.0, 2.0), "denoiser", WHITE, 1.0)


def test_the_sentence_says_size_noise_and_what_was_taken_away() -> None:
    assert FOUND.sentence == (
        "image: 64 x 96 pixels of 2 nm; noise of 5 grey levels was taken out; "
        "what was taken away is 1.00 times as strong, as it should be"
    )


def test_correlation_is_said_where_there_is_any() -> None:
    noise = replace(WHITE, correlation=(0.51, 0.2, 0.1, 0.0, 0.0, 0.0))
    assert "correlated by 0.51 along the rows" in replace(FOUND, noise=noise).sentence


@pytest.mark.parametrize(
    ("removed", "said"),
    [(0.5, "some of it is left, or there is less"), (1.5, "something of the specimen")],
)
def test_too_little_and_too_much_are_doubted(removed: float, said: str) -> None:
    assert said in replace(FOUND, removed=removed).sentence


def test_the_numbers_hold_the_law_of_the_noise() -> None:
    numbers = FOUND.to_json()
    assert numbers["noise"] == 5.0
    assert numbers["noise_slope"] == 0.5
    assert numbers["noise_correlation"][0] == 0.02
    assert numbers["pixel_size"] == [2.0, 2.0]
    assert numbers["sentence"] == FOUND.sentence
