"""The public GTZAN table, whose faults are known: Sturm 2013, and the fault-filtered split of Kereliuk et al. 2015."""

import re

import pytest

from pipeline.catalogue import catalogue
from pipeline.evaluation import check_labels, doubt_labels, load_samples
from pipeline.extract import settle
from pipeline.extract.near_features import near_duplicates
from pipeline.quality import as_table, check_quality, read_usable
from pipeline.settings import get_settings
from pipeline.splits import recordings, same_titles
from pipeline.store import read_frame

pytestmark = pytest.mark.realdata

DATASET = "real-gtzan-quality"


@pytest.fixture(scope="module")
def known(database, real_data):
    """Catalogue the table, and hold nothing out: all 1000 labels are to be judged."""
    tables = real_data / "tables"
    source = {"table": str(tables / "features_30_sec.csv"), "metadata": str(tables / "gtzan_metadata.csv")}
    catalogue(database, DATASET, settings=get_settings(), **source)
    settle(database, DATASET, holdout=0, seed=0)
    return database


@pytest.fixture(scope="module")
def checks(known):
    return check_quality(known, DATASET).set_index("check")


@pytest.fixture(scope="module")
def doubted(known):
    return doubt_labels(load_samples(known, DATASET)[0].learning(), seed=0, jobs=2)


def test_its_14_exact_duplicates_and_the_one_across_two_genres_are_named(checks):
    assert checks.loc["duplicates", "n"] == 14
    assert "disco.00099 = disco.00098; " in checks.loc["duplicates", "detail"]
    assert checks.loc["duplicates_across_genres", "detail"].endswith(": metal.00058 (metal) = rock.00016 (rock)")


def test_its_near_duplicates_are_of_one_title_by_one_artist(checks, known):
    row = checks.loc["near_duplicates"]
    assert row["n"] == 16
    columns = ["track_id", "artist", "title"]
    tracks = read_frame(known["tracks"], {"dataset": DATASET}, columns).set_index("track_id")
    pairs = re.findall(r"(\S+) ~ ([^;. ]+\.\d+)", row["detail"])
    assert len(pairs) == 16
    for a, b in pairs:
        assert tracks.loc[a].tolist() == tracks.loc[b].tolist()


def test_81_artists_are_unknown_and_bob_marley_is_much_of_reggae(checks):
    assert checks.loc["missing_metadata", "n"] == 81
    assert "reggae: 43% by Bob Marley" in checks.loc["artist_concentration", "detail"]


def test_its_same_titles_are_named(checks):
    row = checks.loc["same_title"]
    assert 60 <= row["n"] <= 75
    assert "hiphop.00076 = hiphop.00078" in row["detail"]


def test_of_the_70_excluded_excerpts_67_repeat_another_one_which_titles_and_features_tell(known):
    tracks = read_usable(known, DATASET)
    near = near_duplicates(known, DATASET, tracks).pairs[["track_a", "track_b"]].to_numpy().ravel()
    repeated = same_titles(tracks).duplicated(keep=False) & same_titles(tracks).notna()
    repeated |= tracks["track_id"].isin(near) | tracks["content_hash"].duplicated(keep=False)
    excluded = tracks["predefined_split"] == "excluded_faulty"
    assert excluded.sum() == 70
    assert (excluded & repeated).sum() == 67


@pytest.mark.faults
def test_it_has_about_a_hundred_labels_to_listen_to_and_judges_do_not_agree_on_their_order(doubted, known):
    row = as_table(check_labels(doubted, read_usable(known, DATASET))).iloc[0]
    assert 60 <= row["n"] <= 150
    first = doubted.head(30)
    assert (first["rank_high"] - first["rank_low"]).median() > 20


def test_its_92_pairs_of_one_title_by_one_artist_are_recordings_that_the_holdout_does_not_tear(checks, known):
    assert checks.loc["same_title", "n"] == 67
    settle(known, DATASET, holdout=0.1, seed=0)
    columns = ["track_id", "artist", "title", "same_recording_as", "duplicate_of", "holdout"]
    tracks = read_frame(known["tracks"], {"dataset": DATASET}, columns)
    titled = tracks.assign(label=same_titles(tracks), recording=recordings(tracks)).dropna(subset=["label"])
    pairs = titled.merge(titled, on="label").query("track_id_x < track_id_y")
    assert len(pairs) == 92
    assert (pairs["recording_x"] == pairs["recording_y"]).all()
    assert (pairs["holdout_x"] == pairs["holdout_y"]).all()
