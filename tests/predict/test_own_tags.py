"""Genres in files' own tags: only what was asked for is written, the audio stays, and a file is never half written."""

import os
import subprocess
import sys

import numpy as np
import pytest
import soundfile
from mutagen.id3 import ID3, TCON, TIT2, TPE1

from pipeline.decoders import is_installed, read_tags
from pipeline.decoders.choose import open_stream
from pipeline.errors import InputError
from pipeline.predict import label_folder, own_tags
from pipeline.predict.own_tags import TagError, read_genres, write_genres
from pipeline.predict.write_tags import undo_tags, write_tags
from pipeline.settings import PROJECT_DIR
from tests.patience import HANG_S
from tests.unprivileged import give_up_rights

FORMATS = {
    "mp3": ("mp3", "libmp3lame"), "flac": ("flac", "flac"), "ogg": "VORBIS", "opus": "OPUS",
    "m4a": ("ipod", "aac"), "wav": ("wav", "pcm_s16le"), "aiff": ("aiff", "pcm_s16be"), "wv": ("wv", "wavpack"),
    "wma": ("asf", "wmav2"),
}  # fmt: skip

KILLED = """
import os, sys
from pathlib import Path
from pipeline.predict import own_tags

def write(path, module, name):
    whole = getattr(module, name)

    def die(*rest, **named):
        whole(*rest, **named)
        os.kill(os.getpid(), 9)

    setattr(module, name, die)
    told = path.stat()
    own_tags.write_genres(path, ["rock"], size_bytes=told.st_size, modified_ns=told.st_mtime_ns)

steps = [(own_tags.shutil, "copy2"), (own_tags, "_open"), (own_tags, "_set_genres"), (own_tags.os, "fsync")]
for step, path in zip([*steps, (own_tags, "_sync")], sys.argv[1:], strict=True):
    if not (child := os.fork()):
        write(Path(path), *step)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
"""Writes to each file in a process of its own, which dies at a step of its own."""


def music(duration_s=3.0) -> np.ndarray:
    from tests.decoders.encode import noise

    return noise(duration_s)


def written(path, suffix):
    from tests.decoders.encode import encode

    if isinstance(FORMATS[suffix], str):
        soundfile.write(path, music(), 48_000, format="OGG", subtype=FORMATS[suffix])
        return path
    path.write_bytes(encode(music(), *FORMATS[suffix]))
    return path


def heard(path):
    return np.concatenate(list(open_stream(path).blocks()))


def write(path, genres):
    told = path.stat()
    return write_genres(path, genres, size_bytes=told.st_size, modified_ns=told.st_mtime_ns)


@pytest.mark.skipif(not is_installed(), reason="needs the package av")
@pytest.mark.parametrize("suffix", list(FORMATS))
def test_a_genre_is_written_and_taken_back_and_nothing_else_changes(tmp_path, suffix):
    path = written(tmp_path / f"a ü.{suffix}", suffix)
    path.chmod(0o640)
    before = heard(path)
    assert read_genres(path) == []
    write(path, ["Drum & Bass"])
    assert read_genres(path) == [read_tags(path)["genre"]] == ["Drum & Bass"]
    assert np.array_equal(heard(path), before)
    assert path.stat().st_mode & 0o777 == 0o640
    write(path, ["R'n'B", "Soul"])
    assert read_genres(path) == ["R'n'B", "Soul"]
    write(path, [])
    assert read_genres(path) == []
    assert np.array_equal(heard(path), before)
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("version", [3, 4])
def test_other_tags_stay_as_they_are_in_their_version_and_encoding(tmp_path, version):
    path = tmp_path / "a.mp3"
    soundfile.write(path, music(), 44_100)
    tags = ID3()
    tags.add(TIT2(encoding=1, text="Пиковая дама"))
    tags.add(TPE1(encoding=0, text="Ïslàndica"))
    tags.add(TCON(encoding=0, text="(17)"))  # rock, by number
    tags.save(path, v2_version=version)
    assert read_genres(path) == ["Rock"]
    write(path, ["Jazz"])
    found = ID3(path)
    assert found.version[1] == version
    assert (str(found["TIT2"]), str(found["TPE1"]), found["TCON"].genres) == ("Пиковая дама", "Ïslàndica", ["Jazz"])


def test_killed_at_any_step_the_file_is_whole(tmp_path):
    paths = [tmp_path / str(step) / "a.flac" for step in range(5)]
    for path in paths:
        path.parent.mkdir()
        soundfile.write(path, music(), 44_100)
    before, sound = paths[0].read_bytes(), heard(paths[0])
    command = [sys.executable, "-c", KILLED, *map(str, paths)]
    done = subprocess.run(command, cwd=PROJECT_DIR, stdout=subprocess.PIPE, text=True, timeout=HANG_S, check=True)
    assert done.stdout.split() == ["-9"] * 5
    assert [path.read_bytes() == before for path in paths] == [True] * 4 + [False]
    for path in paths:
        assert np.array_equal(heard(path), sound)
        write(path, ["jazz"])  # what was left behind does not stand in the way
        assert [each.name for each in path.parent.iterdir()] == ["a.flac"]


def test_what_can_not_be_written_is_said_in_a_line_and_left_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "a.wav"
    soundfile.write(path, music(), 44_100)
    before = path.read_bytes()
    (tmp_path / "link.wav").symlink_to(path)
    with pytest.raises(TagError, match=r"^link.wav: it is a symbolic link"):
        write(tmp_path / "link.wav", ["jazz"])
    os.link(path, tmp_path / "hard.wav")
    with pytest.raises(TagError, match=r"^hard.wav: it has 2 hard links"):
        write(tmp_path / "hard.wav", ["jazz"])
    (tmp_path / "hard.wav").unlink()
    with pytest.raises(TagError, match=r"^a.wav: it has changed since it was heard"):
        write_genres(path, ["jazz"], size_bytes=1, modified_ns=1)
    (tmp_path / "text.mp3").write_text("la la la")
    with pytest.raises(TagError, match=r"^text.mp3: its tags can't be read|^text.mp3: its format has no tags"):
        read_genres(tmp_path / "text.mp3")
    with pytest.raises(TagError, match=r"^gone.mp3: its tags can't be"):
        read_genres(tmp_path / "gone.mp3")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(own_tags.os, "fsync", full)
    with pytest.raises(TagError, match=r"^a.wav: its tags can't be written: No space left on device"):
        write(path, ["jazz"])
    assert path.read_bytes() == before
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.wav", "link.wav", "text.mp3"]


def test_labels_are_written_where_they_are_sure_and_no_genre_is_and_it_can_be_undone(songs, key, unlabelled, tmp_path):
    labels, _ = label_folder(key, unlabelled.folder)
    sure = labels[labels["genre"].notna() & ~labels["unlike"].eq(True)].sort_values("probability")
    has_one, at_least = unlabelled.folder / sure.iloc[-1]["path"], float(sure.iloc[1]["probability"])
    write(has_one, ["Schlager"])
    labels, again = label_folder(key, unlabelled.folder)
    assert again.n_now == 1
    files = {path: (unlabelled.folder / path).read_bytes() for path in labels["path"]}
    ours = (key.run, unlabelled.folder, labels["path"], tmp_path)
    done = write_tags(*ours, at_least=at_least, overwrite=False)
    wanted = set(sure["path"][sure["probability"] >= at_least]) - {sure.iloc[-1]["path"]}
    assert {path for path, content in files.items() if (unlabelled.folder / path).read_bytes() != content} == wanted
    assert done.sentences[0] == f"The genre is written into the own tags of {len(wanted)} files."
    assert "1 have another genre already" in done.sentences[1]
    named = labels.set_index("path")["genre"]
    assert all(read_genres(unlabelled.folder / path) == [named[path]] for path in wanted)
    assert label_folder(key, unlabelled.folder)[1].n_now == 0  # the audio is what was heard
    assert write_tags(*ours, at_least=at_least, overwrite=False).undo is None  # nothing left to do
    over = write_tags(*ours, at_least=at_least, overwrite=True)
    assert read_genres(has_one) == [sure.iloc[-1]["genre"]]
    assert undo_tags(over.undo) == ["1 files have again the genre that they had, or none."]
    assert read_genres(has_one) == ["Schlager"]
    first, *others = sorted(wanted)
    write(unlabelled.folder / first, ["mine"])
    with done.undo.open("a") as record:
        record.write('{"path": "half a li')  # killed while it was written
    told = undo_tags(done.undo)
    assert told[0].startswith(f"{len(others)} files have again")
    assert told[1:] == ["1 files could not be written, and are as they were:",
                        f"{(unlabelled.folder / first).name}: its genre is not the one that was written"]  # fmt: skip
    assert all(read_genres(unlabelled.folder / path) == [] for path in others)


def test_the_command_says_what_it_needs_and_bears_a_folder_that_it_may_not_write_to(
    songs, key, unlabelled, main, monkeypatch, tmp_path
):
    for name in ("GENRELAB_HOME", "GENRELAB_JOBS"):
        monkeypatch.setenv(name, songs.environment[name])
    folder = str(unlabelled.folder)
    lone = main("predict", folder, "--write-tags")
    assert (lone.status, lone.out) == (2, "")
    assert "--write-tags needs --at-least P, a probability from 0 to 1" in lone.err
    assert "are for --write-tags" in main("predict", folder, "--overwrite").err
    files = {path: (unlabelled.folder / path).read_bytes() for path in unlabelled.tracks}
    deepest = sorted({(unlabelled.folder / path).parent for path in unlabelled.tracks}, reverse=True)
    for place in deepest:
        place.chmod(0o555)
    asked = ("predict", folder, "--dataset", songs.dataset, "--write-tags", "--at-least", "0")
    asked += ("--out", str(tmp_path / "p.csv"))
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pipeline", *asked], cwd=PROJECT_DIR, env=songs.environment, capture_output=True,
            text=True, timeout=HANG_S, preexec_fn=give_up_rights,
        )  # fmt: skip
    finally:
        for place in deepest:
            place.chmod(0o755)
    assert done.returncode == 0, done.stderr
    assert "The genre is written into the own tags of 0 files." in done.stdout
    assert done.stdout.count("its tags can't be written: Permission denied") > 0
    assert {path: (unlabelled.folder / path).read_bytes() for path in unlabelled.tracks} == files
    assert list(tmp_path.glob("tags-undo-*")) == []
    told = main(*asked)
    [record] = tmp_path.glob("tags-undo-*")
    assert f"genrelab predict --undo-tags {record}" in told.out
    assert any(read_genres(unlabelled.folder / path) for path in unlabelled.tracks)
    assert main("predict", "--undo-tags", str(record)).status == 0
    assert not any(read_genres(unlabelled.folder / path) for path in unlabelled.tracks)


def test_without_mutagen_the_line_names_what_to_install(monkeypatch):
    monkeypatch.setattr(own_tags, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"needs the package mutagen, which is not installed: .*tags"):
        own_tags.check_mutagen()


def test_a_record_that_is_none_is_refused(tmp_path):
    (tmp_path / "r").write_text('la la\n{"path": "a", "before": [], "after": []}\n')
    with pytest.raises(InputError, match="line 1 is no record of written tags"):
        undo_tags(tmp_path / "r")
    with pytest.raises(InputError, match="can't be read"):
        undo_tags(tmp_path / "none")
