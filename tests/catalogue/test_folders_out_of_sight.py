"""A folder that can't be read, or that is not there, costs nothing; what is gone for good goes, and can come back."""

import re
import shutil
import tempfile
from pathlib import Path

import pytest

from pipeline.errors import InputError
from pipeline.extract import extract
from pipeline.quality import check_quality
from pipeline.store.removed import removed_tracks
from tests.catalogue.conftest import DATASET, KNOWN

OTHER_DISK = Path("/dev/shm")


def counts(report):
    return report.n_tracks, report.n_new, report.n_changed, report.n_missing, report.n_gone


def of(music, genre):
    return {name for name in music.tracks() if name.startswith(f"{genre}/")}


def removed(music):
    return removed_tracks(music.database, DATASET)


def test_a_genre_that_may_not_be_opened_costs_nothing_and_is_told(music):
    before = music.content()
    (music.folder / "jazz").chmod(0)
    try:
        said = music.catalogue_without_rights()
    finally:
        (music.folder / "jazz").chmod(0o755)
    assert "12 tracks: 0 new, 0 changed, 12 as before; 6 missing, and kept; 0 gone; 1 rejected" in said
    assert "'jazz': cannot open the folder: Permission denied; 6 tracks kept, features included" in said
    assert music.content() == before
    assert music.missing() == dict.fromkeys(of(music, "jazz"), "unreadable")
    assert counts(music.catalogue()) == (18, 0, 0, 0, 0)
    assert music.missing() == {}
    assert music.content() == before


def test_not_even_where_all_that_is_missing_is_to_go(music):
    (music.folder / "rock" / "album0").rename(music.folder / "away")
    (music.folder / "rock" / "album0").symlink_to("../nowhere")
    assert counts(music.catalogue(remove_missing=True)) == (18, 3, 0, 3, 0)
    assert set(music.missing().values()) == {"unreadable"}


def test_with_one_genre_left_its_albums_do_not_become_genres(music):
    before = music.content()
    for genre in ("blues", "jazz"):
        (music.folder / genre).rename(music.folder.parent / genre)
    report = music.catalogue()
    assert counts(report) == (6, 0, 0, 12, 0)
    assert "12 of 18 tracks are missing from the folder (blues 6, jazz 6)" in str(report)
    assert "--remove-missing" in str(report)
    assert {track["genre"] for track in music.tracks().values()} == {"blues", "jazz", "rock"}
    assert music.missing() == dict.fromkeys(of(music, "blues") | of(music, "jazz"), "gone")
    for genre in ("blues", "jazz"):
        (music.folder.parent / genre).rename(music.folder / genre)
    assert counts(music.catalogue()) == (18, 0, 0, 0, 0)
    assert music.content() == before


@pytest.mark.parametrize(("n", "goes"), [(1, True), (3, True), (4, False), (17, False)])
def test_up_to_a_fifth_goes_unasked_and_more_stays_until_it_is_asked_for(music, n, goes):
    gone = sorted(music.tracks())[:n]
    for name in gone:
        (music.folder / name).unlink()
    report = music.catalogue()
    assert counts(report) == (18 - n, 0, 0, 0 if goes else n, n if goes else 0)
    assert sorted(removed(music) if goes else music.missing()) == gone
    if not goes:
        assert counts(music.catalogue(remove_missing=True)) == (18 - n, 0, 0, 0, n)
        assert sorted(removed(music)) == gone
        assert len(music.tracks()) == 18 - n


def test_what_stayed_is_not_taken_out_later_because_others_came(music):
    for name in sorted(music.tracks())[:4]:
        (music.folder / name).unlink()
    music.catalogue()
    music.write(*(f"ska/{i}.wav" for i in range(20)))
    assert counts(music.catalogue()) == (34, 20, 0, 4, 0)
    (music.folder / "rock" / "album0" / "0.wav").unlink()
    assert counts(music.catalogue()) == (33, 0, 0, 4, 1)
    assert removed(music) == {"rock/album0/0.wav"}


def test_files_that_were_never_any_good_do_not_count_and_go_unasked(music):
    rejected = sorted(of(music, "jazz"))
    of_them = {"dataset": DATASET, "track_id": {"$in": rejected}}
    music.database["tracks"].update_many(of_them, {"$set": {"status": "rejected"}})
    shutil.rmtree(music.folder / "jazz")
    (music.folder / "rock" / "album0" / "0.wav").unlink()
    assert counts(music.catalogue()) == (11, 0, 0, 0, 7)


def test_a_file_that_is_back_has_its_features_its_rejects_and_its_side_of_the_holdout(music):
    before = music.content()
    path = music.folder / "jazz" / "album1" / "1.wav"
    shutil.move(path, music.folder / "away")
    report = music.catalogue(run_id="run-1")
    assert "1 track taken out (jazz 1): all that is known stays aside until the next run" in str(report)
    assert music.database["segments"].count_documents({"dataset": DATASET}) == 34
    shutil.move(music.folder / "away", path)
    report = music.catalogue(run_id="run-2")
    assert counts(report) == (18, 0, 0, 0, 0)
    assert "1 track back that had been taken out, with all that was known" in str(report)
    assert music.content() == before
    assert removed(music) == set()


def test_a_file_that_is_back_with_other_content_is_extracted_anew_on_its_side_of_the_holdout(music):
    path = music.folder / "jazz" / "album1" / "1.wav"
    path.unlink()
    music.catalogue()
    path.write_bytes(b"another take")
    assert counts(music.catalogue()) == (18, 0, 1, 0, 0)
    track = music.tracks()["jazz/album1/1.wav"]
    assert (track["status"], track["extracted"], track["holdout"]) == ("catalogued", [], True)
    assert music.database["segments"].count_documents({"dataset": DATASET}) == 34


def test_the_next_run_forgets_it_for_good_and_the_same_run_again_does_not(music):
    path = music.folder / "jazz" / "album1" / "1.wav"
    path.unlink()
    music.catalogue(run_id="run-1")
    music.catalogue(run_id="run-1")
    assert removed(music) == {"jazz/album1/1.wav"}
    music.catalogue(run_id="run-2")
    assert removed(music) == set()
    path.write_bytes(b"never opened here")
    assert counts(music.catalogue(run_id="run-2")) == (18, 1, 0, 0, 0)


def test_a_removal_that_was_cut_off_is_finished(music, monkeypatch):
    def stopped(*_, **__):
        raise KeyboardInterrupt

    (music.folder / "jazz" / "album1" / "1.wav").unlink()
    with monkeypatch.context() as patch:
        patch.setattr("pipeline.catalogue.follow._forget_copies", stopped)
        with pytest.raises(KeyboardInterrupt):
            music.catalogue()
    of_track = {"dataset": DATASET, "track_id": "jazz/album1/1.wav"}
    music.database["segments"].insert_one(
        of_track | {"feature_set": "f", "window_s": 3.0, "start_s": 9.0, "length": 66150}
    )
    music.catalogue()
    assert music.database["segments"].count_documents(of_track) == 0


@pytest.mark.parametrize("source", ["rock", "other"])
def test_music_of_another_level_or_another_collection_is_refused_and_nothing_is_written(music, source):
    before = music.content()
    (music.folder / "other" / "ska").mkdir(parents=True)
    (music.folder / "other" / "ska" / "a.wav").write_bytes(b"x")
    audio = str(music.folder / source)
    said = rf"--audio '{re.escape(audio)}' has none of the 18 tracks of dataset '{DATASET}', which come from .*/music'"
    with pytest.raises(InputError, match=said) as refused:
        music.catalogue(audio=audio)
    assert "another --dataset" in str(refused.value)
    assert "\n" not in str(refused.value)
    assert music.content() == before
    assert music.missing() == {}
    assert music.catalogue(audio=audio, remove_missing=True).n_gone == 18


def test_a_folder_in_which_every_file_has_another_name_is_refused_in_other_words(music):
    for genre in ("blues", "jazz", "rock"):
        (music.folder / genre).rename(music.folder / f"new {genre}")
    with pytest.raises(InputError, match=r"none of the 18 tracks .*, all of which came from it: put them back, "):
        music.catalogue()


def test_music_beside_the_folder_of_genres_does_not_make_it_a_genre(kept):
    kept.write("genres/rock/a.wav", "genres/jazz/b.wav", "more/rock/a.wav")
    kept.catalogue(audio=str(kept.folder / "genres"))
    assert kept.catalogue(audio=str(kept.folder / "genres")).n_new == 0
    kept.write("rock/a.wav", "jazz/b.wav")  # so that tracks of the same names are there
    with pytest.raises(InputError, match=r"has 'jazz/b.wav' beside the folder 'genres/', in which the genres of"):
        kept.catalogue()
    assert set(kept.tracks()) == {"rock/a.wav", "jazz/b.wav"}


def test_genres_stay_where_they_were_though_the_folder_above_is_asked_for(kept):
    kept.write("Data/genres/rock/album1/a.wav", "Data/genres/rock/album2/b.wav", "Data/genres/jazz/c.wav")
    kept.catalogue()
    (kept.folder / "Data" / "genres" / "jazz").rename(kept.folder.parent / "jazz")
    assert counts(kept.catalogue()) == (2, 0, 0, 1, 0)
    assert {track["genre"] for track in kept.tracks().values()} == {"rock", "jazz"}


def test_a_disk_that_is_not_mounted_takes_nothing_with_it(music):
    if not OTHER_DISK.is_dir() or OTHER_DISK.stat().st_dev == music.folder.stat().st_dev:
        pytest.skip("there is one disk only")
    disk = Path(tempfile.mkdtemp(dir=OTHER_DISK, prefix="genrelab-"))
    try:
        (disk / "a.wav").write_bytes(b"x")
        (music.folder / "ska").symlink_to(disk)
        music.catalogue()
        (music.folder / "ska").unlink()
        (music.folder / "ska").mkdir()  # what an empty mount point looks like
        for _ in range(2):
            report = music.catalogue()
            assert counts(report) == (18, 0, 0, 1, 0)
            assert "'ska': the disk that was mounted there is not" in str(report)
        (music.folder / "ska").rmdir()
        (music.folder / "ska").symlink_to(disk)
        assert counts(music.catalogue()) == (19, 0, 0, 0, 0)
        (music.folder / "ska").unlink()
        (music.folder / "ska").mkdir()
        assert counts(music.catalogue(remove_missing=True)) == (18, 0, 0, 0, 1)
        assert counts(music.catalogue()) == (18, 0, 0, 0, 0)
    finally:
        shutil.rmtree(disk)


def test_missing_tracks_are_a_check_of_the_data(music):
    assert check_quality(music.database, DATASET).set_index("check").loc["missing_tracks", "status"] == "ok"
    shutil.rmtree(music.folder / "jazz")
    music.catalogue()
    check = check_quality(music.database, DATASET).set_index("check").loc["missing_tracks"]
    assert (check["status"], check["n"]) == ("warning", 6)
    assert check["detail"] == ("6 could not be found; by genre: jazz 6; kept, with the features that they have")


def test_extraction_leaves_missing_tracks_as_they_are_and_says_how_many_wait(music):
    shutil.rmtree(music.folder / "jazz")
    music.catalogue()
    report = extract(music.database, DATASET, windows_s=[3.0], feature_sets=["spectral-v1"], jobs=1)
    assert (report.n_extracted, report.n_done_before, report.n_waiting) == (12, 0, 6)
    assert "6 wait for their files, which are missing" in str(report)
    for name in of(music, "jazz"):
        assert {field: music.tracks()[name][field] for field in KNOWN} == KNOWN


def test_a_file_that_vanishes_before_it_is_extracted_keeps_what_is_known_of_it(music):
    shutil.rmtree(music.folder / "jazz")
    report = extract(music.database, DATASET, windows_s=[3.0], feature_sets=["spectral-v1"], jobs=1)
    assert sum(reject.reason == "unreadable" for reject in report.new_rejects) == 6
    for name in of(music, "jazz"):
        assert {field: music.tracks()[name][field] for field in KNOWN} == KNOWN
    assert music.database["segments"].count_documents({"dataset": DATASET, "track_id": re.compile("^jazz")}) == 12
