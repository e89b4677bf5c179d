"""pandas and Parquet keep every digit."""

from pathlib import Path

import numpy as np
import pytest
from drawn_columns import assert_same, drawn_columns, needs
from drawn_sizes import PAIRS
from hypothesis import given

from colonnade import Columns
from colonnade.core.errors import FileError
from colonnade.interop import from_pandas, from_parquet, to_parquet


@given(columns=drawn_columns())
def test_a_data_frame_gives_back_the_columns(columns: Columns) -> None:
    assert_same(from_pandas(columns.to_pandas()), columns)


def test_a_data_frame_of_someone_else_needs_only_positions() -> None:
    import pandas as pd

    frame = pd.DataFrame({"x_px": [1, 2], "y_px": [3, 4], "element": ["Sr", "Ti"]})
    found = from_pandas(frame, (0.1, 0.2))
    assert found.positions.tolist() == [[3, 1], [4, 2]]
    assert found.labels["element"].tolist() == ["Sr", "Ti"]
    assert found.pixel_size == (0.1, 0.2)
    with pytest.raises(ValueError, match="needs the columns y_px and x_px"):
        from_pandas(frame.drop(columns="x_px"))
    frame.loc[0, "x_px"] = np.nan
    with pytest.raises(ValueError, match="a position is missing"):
        from_pandas(frame)


@needs("pyarrow")
@given(columns=drawn_columns())
def test_parquet_gives_back_every_digit(
    tmp_path_factory: pytest.TempPathFactory, columns: Columns
) -> None:
    path = tmp_path_factory.mktemp("table") / "a.parquet"
    to_parquet(columns, path)
    assert_same(from_parquet(path), columns, tolerance=0)


@needs("pyarrow")
@given(columns=drawn_columns(PAIRS))
def test_pandas_reads_and_writes_the_same_parquet(
    tmp_path_factory: pytest.TempPathFactory, columns: Columns
) -> None:
    import pandas as pd

    folder = tmp_path_factory.mktemp("table")
    to_parquet(columns, folder / "ours.parquet")
    frame = pd.read_parquet(folder / "ours.parquet")
    assert list(frame.columns) == list(columns.table())
    frame.to_parquet(folder / "theirs.parquet")
    assert_same(from_parquet(folder / "theirs.parquet"), columns)


@needs("pyarrow")
def test_what_is_no_table_of_columns_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_text("y_px,x_px")
    with pytest.raises(FileError, match=r"a\.parquet is not a table of columns"):
        from_parquet(tmp_path / "a.parquet")
    with pytest.raises(FileError, match=r"b\.parquet is not a table of columns"):
        from_parquet(tmp_path / "b.parquet")
