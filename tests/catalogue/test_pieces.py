"""A track that was cut into files is one track: joined again, one thing to split, and the same music as before."""

import shutil

import numpy as np
import pytest
import soundfile

from pipeline.audio import decode, decode_pieces
from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.extract import extract
from pipeline.sources.demo import render_track

N_TRACKS, N_PIECES, PIECE_S = 3, 4, 0.8
PATTERNS = [
    "{stem}_{i}.wav", "{stem}-chunk{i}.wav", "{stem}.{i}.wav", "{stem}/{i}.wav", "{stem}_part{i:02d}.wav",
    "{stem} ({i}).wav",
]  # fmt: skip


def song(genre, track):
    return render_track(genre, track, duration_s=N_PIECES * PIECE_S)


def write_cut(folder, pattern):
    length = round(PIECE_S * SAMPLE_RATE_HZ)
    for genre in ("jazz", "rock"):
        for track in range(N_TRACKS):
            for i, piece in enumerate(np.split(song(genre, track), N_PIECES)):
                assert len(piece) == length
                path = folder / genre / pattern.format(stem=f"{genre}.{track:05d}", i=i)
                path.parent.mkdir(parents=True, exist_ok=True)
                soundfile.write(path, piece, SAMPLE_RATE_HZ, subtype="FLOAT")


def a_track_each(genre_tracks):
    return {f"{genre}/{genre}.{track:05d}" for genre in ("jazz", "rock") for track in range(genre_tracks)}


@pytest.mark.parametrize("pattern", PATTERNS)
def test_pieces_are_one_track_whatever_the_script_called_them(kept, pattern):
    write_cut(kept.folder, pattern)
    report = kept.catalogue()
    tracks = kept.tracks()
    assert {name.removesuffix("/") for name in tracks} == a_track_each(N_TRACKS)
    assert {len(track["pieces"]) for track in tracks.values()} == {N_PIECES}
    assert f"{2 * N_TRACKS * N_PIECES} files are pieces of {2 * N_TRACKS} tracks" in "\n".join(report.notes)


@pytest.mark.parametrize("said_of", ["rock.00001.wav", "rock.00001_0.wav"])
def test_metadata_may_name_the_track_or_its_first_piece(kept, tmp_path, said_of):
    write_cut(kept.folder, PATTERNS[0])
    (tmp_path / "about.csv").write_text(f"file,artist\n{said_of},Morphine\n")
    kept.catalogue(metadata=str(tmp_path / "about.csv"))
    assert kept.tracks()["rock/rock.00001"]["artist"] == "Morphine"


def test_they_are_heard_as_the_song_that_they_were_cut_from(kept, tmp_path):
    write_cut(kept.folder, PATTERNS[0])
    pieces = sorted((kept.folder / "rock").glob("rock.00001_*"))
    soundfile.write(tmp_path / "whole.wav", song("rock", 1), SAMPLE_RATE_HZ, subtype="FLOAT")
    whole, (clip, damaged) = decode(tmp_path / "whole.wav"), decode_pieces(pieces)
    assert not damaged
    assert np.array_equal(clip.y, whole.y)
    assert (clip.duration_s, clip.sample_rate_hz) == (whole.duration_s, whole.sample_rate_hz)


def test_a_damaged_piece_is_told_and_the_rest_is_heard_until_it_is_mended(kept):
    write_cut(kept.folder, PATTERNS[0])
    mended = (kept.folder / "rock" / "rock.00001_2.wav").read_bytes()
    (kept.folder / "rock" / "rock.00001_2.wav").write_text("la la la")
    kept.catalogue()
    how = {"windows_s": [PIECE_S], "feature_sets": ["spectral-v1"], "jobs": 1}
    told = extract(kept.database, "test-absent", **how)
    assert [(reject.path, reject.reason) for reject in told.new_rejects] == [("rock/rock.00001_2.wav", "undecodable")]
    found = {"dataset": "test-absent", "track_id": "rock/rock.00001"}
    assert kept.database["segments"].count_documents(found) == N_PIECES - 1
    (kept.folder / "rock" / "rock.00001_2.wav").write_bytes(mended)
    kept.catalogue()
    assert extract(kept.database, "test-absent", **how).n_extracted == 1
    assert kept.database["segments"].count_documents(found) == N_PIECES
    assert kept.database["rejects"].count_documents({"dataset": "test-absent"}) == 0


def test_a_track_stays_joined_when_most_of_it_and_of_the_others_is_gone(kept):
    write_cut(kept.folder, PATTERNS[0])
    kept.catalogue()
    for path in (kept.folder / "rock").glob("rock.0000*_[123].wav"):
        path.unlink()
    report = kept.catalogue()
    assert kept.tracks().keys() == a_track_each(N_TRACKS)
    assert (report.n_gone, report.n_changed) == (0, N_TRACKS)


def test_files_that_were_tracks_before_stay_tracks_which_no_split_parts(kept):
    """The holdout is drawn, and names are in it."""
    write_cut(kept.folder, "{stem}-{i}.wav")
    aside = kept.folder.parent / "aside"
    for path in sorted(kept.folder.rglob("*.wav"))[1:]:
        (aside / path.parent.name).mkdir(parents=True, exist_ok=True)
        shutil.move(path, aside / path.parent.name / path.name)
    kept.catalogue()
    shutil.copytree(aside, kept.folder, dirs_exist_ok=True)
    kept.catalogue()
    tracks = kept.tracks()
    assert tracks["jazz/jazz.00000-0.wav"]["stem"] == "jazz/jazz.00000"
    assert tracks["jazz/jazz.00001"]["pieces"]
