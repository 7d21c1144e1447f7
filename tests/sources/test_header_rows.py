"""Headers of several rows, as pandas writes them: whatever their levels are called, each column keeps a name."""

import io

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.csv_file import read_csv

parts = st.sampled_from(["mfcc", "rms", "chroma_stft", "mean", "std", "01", "02", "a b"])


@given(
    st.integers(2, 4).flatmap(lambda n: st.lists(st.tuples(*[parts] * n), min_size=2, max_size=8, unique=True)),
    st.booleans(),
)
def test_each_column_is_called_by_all_its_levels(tmp_path_factory, columns, has_names):
    n_levels = len(columns[0])
    names = ["feature", "statistics", "number", "fourth"][:n_levels] if has_names else [None] * n_levels
    index = pd.Index([2, 5], name="track_id")
    table = pd.DataFrame(0.5, index, pd.MultiIndex.from_tuples(columns, names=names))
    path = tmp_path_factory.mktemp("header") / "features.csv"
    table.to_csv(path)
    expected = ["_".join(levels) for levels in columns]
    if len({column[0] for column in columns}) == len(columns) or len(set(expected)) < len(columns):
        return  # the first row tells all apart; or joined names would not
    found, ragged = read_csv(path, "--table")
    assert found.header == ["track_id", *expected]
    assert found.column("track_id") == ["2", "5"]
    assert ragged == []


@pytest.mark.parametrize(
    ("text", "header"),
    [
        (",mfcc,mfcc\n,mean,std\n0,1,2\n", ["unnamed 0", "mfcc_mean", "mfcc_std"]),
        ("file,mfcc,mfcc,label\n,mean,std,\na.wav,1,2,rock\n", ["file", "mfcc_mean", "mfcc_std", "label"]),
    ],
)
def test_no_row_has_to_name_the_ids(tmp_path, text, header):
    (tmp_path / "x.csv").write_text(text)
    assert read_csv(tmp_path / "x.csv", "--table")[0].header == header


def test_a_row_of_numbers_is_none_of_the_header(tmp_path):
    written = io.StringIO()
    pd.DataFrame([["rock", 1.5, 2.5], ["jazz", 3.5, 4.5]], columns=["genre", "x", "y"]).to_csv(written, index=False)
    (tmp_path / "x.csv").write_text(written.getvalue())
    assert len(read_csv(tmp_path / "x.csv", "--table")[0].rows) == 2
