"""Sizes that pixels have."""

from hypothesis import strategies as st

SIZES = st.floats(2e-4, 9e4)
"""Size of a pixel or a voxel along one axis [nm]."""

PAIRS = st.builds(lambda size, times: (size, size * times), SIZES, st.floats(0.06, 16)).filter(
    lambda pair: 2e-4 < pair[1] < 9e4
)
"""Sizes of a pixel along y and x, which may differ, but not without limit."""
