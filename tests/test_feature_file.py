"""Features that are read when asked for say what the whole table would have said."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from pipeline.errors import ArtifactError
from pipeline.listing.feature_file import FeatureFile


@examples(derandomize=True, deadline=None)
@given(data=st.data(), rows=st.integers(1, 40), group=st.integers(1, 12))
def test_columns_and_rows_are_those_of_the_table(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, rows: int, group: int
) -> None:
    """Asked several times, for rows of the same and of other row groups, and for none."""
    table = pa.table({"customer_id": [f"c{n}" for n in range(rows)], "n": [n if n % 3 else None for n in range(rows)]})
    path = tmp_path_factory.mktemp("features") / "current.parquet"
    pq.write_table(table, path, row_group_size=group)
    file = FeatureFile(path)
    assert file.column_names == ["customer_id", "n"]
    assert file.column("n").to_pylist() == table["n"].to_pylist()
    for wanted in data.draw(st.lists(st.lists(st.integers(0, rows - 1)).map(sorted), max_size=3)):
        assert (
            file.take(pa.array(wanted, pa.int64())).to_pylist() == table.take(pa.array(wanted, pa.int64())).to_pylist()
        )
    assert pa.concat_tables(file.tables()).to_pylist() == table.to_pylist()


def test_what_cannot_be_answered_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "current.parquet"
    pq.write_table(pa.table({"n": [1, 2, 3]}), path)
    file = FeatureFile(path)
    with pytest.raises(KeyError, match="other"):
        file.column("other")
    with pytest.raises(ValueError, match="rise"):
        file.take(pa.array([2, 1]))
    path.write_bytes(path.read_bytes()[:30])
    with pytest.raises(ArtifactError, match=r"current\.parquet cannot be read, so it was damaged"):
        FeatureFile(path)
    with pytest.raises(ArtifactError, match=r"gone\.parquet is missing"):
        FeatureFile(tmp_path / "gone.parquet")
