"""A champion as a file in another home: its answers are the same to the last bit; what is no such file is told."""

import hashlib
import io
import json
import shutil
import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path

import bson
import pytest

from pipeline.catalogue import find_dataset
from pipeline.exchange import (
    BrokenFileError,
    export_champion,
    import_champion,
    incoming,
    read_champion_file,
    write_champion_file,
)
from pipeline.exchange.champion_file import VERSION
from pipeline.listen.desk import Desk
from pipeline.listen.heard import hear
from pipeline.listen.judge import load_judge
from pipeline.predict import champion, champion_of, learned
from pipeline.settings import Settings
from pipeline.stages.transfer import TransferOptions, transfer
from pipeline.store import connect, open_run
from pipeline.store.datasets import unknown_dataset
from pipeline.store.deletion import delete_run
from pipeline.store.inventory import list_datasets, list_models
from pipeline.store.runs import find_resumable
from pipeline.store.server import EmbeddedServer
from pipeline.web.api import tell
from pipeline.web.app import create_app


@pytest.fixture(scope="module")
def exported(songs, tmp_path_factory):
    """The small run's champion as a file."""
    path = tmp_path_factory.mktemp("exported") / "songs.champion"
    write_champion_file(export_champion(champion_of(songs.database, songs.dataset, songs.run_id)), path)
    return path


@pytest.fixture(scope="module")
def second(tmp_path_factory):
    """The database of another home, on a server of its own."""
    home = Path(tempfile.mkdtemp(prefix="genrelab-second-"))
    database = connect(Settings(home=home))
    yield home, database
    database.client.close()
    EmbeddedServer(home).stop()
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def emptied(second):
    """The same, without any run afterwards."""
    yield second[1]
    for run_id in second[1]["runs"].distinct("run_id"):
        delete_run(second[1], run_id)
    for name in ("scores", "results", "predictions", "models", "artefacts.files", "artefacts.chunks", "labels"):
        assert not second[1][name].count_documents({}), name


def test_another_machine_s_answers_are_the_same_to_the_last_bit(
    songs, exported, second, emptied, main, monkeypatch, tmp_path
):
    home, database = second
    music = tmp_path / "music"
    music.mkdir()
    for holdout in (True, False):
        shutil.copyfile(songs.path(holdout=holdout), music / f"{holdout}.wav")
    monkeypatch.setenv("GENRELAB_JOBS", "1")
    monkeypatch.setenv("GENRELAB_HOME", str(home))
    done = main("models", "import", exported)
    assert done.status == 0, done.err
    assert "was imported" in done.out
    assert "is here already" in main("models", "import", exported).out
    for place, name in ((songs.home, "a.csv"), (home, "b.csv")):
        monkeypatch.setenv("GENRELAB_HOME", str(place))
        told = main("predict", music, "--dataset", "songs", "--segments", "-o", tmp_path / name)
        assert told.status == 0, told.err
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    songs.database["labels"].delete_many({})
    here, away = (load_judge(champion_of(each, "songs")) for each in (songs.database, database))
    for path in music.iterdir():
        heard = hear(path, here.wanted)
        assert away.wanted == here.wanted
        assert tell(away, heard, away.answer(heard)) == tell(here, heard, here.answer(heard))


def test_the_page_of_another_machine_shows_all_its_places(songs, exported, emptied):
    import_champion(emptied, exported)
    client = create_app(Desk(emptied, "songs", None), hosts={"localhost"}).test_client()
    for place in ("/", "/unseen", "/unseen/all", "/results", "/about", "/api/holdout"):
        assert client.get(place).status_code == 200, place
    assert "came as a file, without its music" in client.get("/about").text
    card = songs.run.champion["card"]
    assert client.get("/about/card").text == card


def _told_by_stage(content):
    """Return rows, each stage's in their order, without the names of generations, which are new in each home."""
    rows = [
        {name: repr(value) for name, value in row.items() if name != "generation"} for row in bson.decode_all(content)
    ]
    return sorted(rows, key=lambda row: row["stage"])


def test_an_imported_champion_goes_on_to_a_third_machine_unchanged(exported, emptied):
    import_champion(emptied, exported)
    again = export_champion(champion_of(emptied, "songs"))
    first = read_champion_file(exported)
    assert again.members["model_card.md"] == first.members["model_card.md"]
    for name in ("scores.bson", "results.bson", "predictions.bson"):
        there, here = (_told_by_stage(file.members[name]) for file in (first, again))
        assert here == there
        assert here
    assert len(again.members) == len(first.members)


def test_every_byte_counts(exported, emptied, tmp_path):
    content = bytearray(exported.read_bytes())
    told = set()
    for place in range(0, len(content), max(1, len(content) // 60)):
        damaged = tmp_path / "damaged.champion"
        damaged.write_bytes(content[:place] + bytes([content[place] ^ 0x55]) + content[place + 1 :])
        try:
            file = read_champion_file(damaged)
        except BrokenFileError as error:
            told.add(str(error))
        else:  # a date or another ornament of the archive
            assert file == read_champion_file(exported)
        damaged.write_bytes(content[:place])
        with pytest.raises(BrokenFileError):
            read_champion_file(damaged)
    assert told
    assert not any("\n" in words for words in told)
    assert not any(kind in words for words in told for kind in ("Error", "BadZipFile")), "plain words"
    assert not emptied["runs"].count_documents({})


@pytest.mark.parametrize("kind", ["nothing", "folder", "text", "archive", "newer"])
def test_what_is_no_champion_is_told(exported, tmp_path, kind):
    path = tmp_path / "x.champion"
    if kind == "folder":
        path.mkdir()
    elif kind == "text":
        path.write_text("la la la")
    elif kind == "archive":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("song.txt", "la")
    elif kind == "newer":
        file = read_champion_file(exported)
        write_champion_file(replace(file, about={**file.about, "version": VERSION + 1}), path)
    words = {"nothing": "can't be read", "folder": "can't be read", "newer": "another version of genrelab"}
    with pytest.raises(BrokenFileError, match=words.get(kind, "no champion that")):
        read_champion_file(path)


def test_a_file_of_the_first_format_is_read(exported, tmp_path):
    file, path = read_champion_file(exported), tmp_path / "first.champion"
    write_champion_file(replace(file, about={**file.about, "version": 1}), path)
    assert read_champion_file(path).members == file.members


def _packed(path, kind, told):
    """Write a file whose manifest tells something else; its checksum is right."""
    manifest = json.dumps(told).encode()
    with zipfile.ZipFile(path, "w") as archive:
        archive.comment = hashlib.sha256(manifest).hexdigest().encode()
        archive.writestr("genrelab.json", manifest)
        archive.writestr("run.bson", b"0" * 9, kind)
    return path


def _told(exported, **changed):
    with zipfile.ZipFile(exported) as archive:
        return {**json.loads(archive.read("genrelab.json")), **changed}


@pytest.mark.parametrize("kind", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_unpacks_without_limit_is_not_unpacked(exported, tmp_path, kind):
    listed = {"run.bson": {"bytes": 9, "sha256": hashlib.sha256(b"0" * 9).hexdigest()}}
    with pytest.raises(BrokenFileError, match=r"'run\.bson' packed in a way that"):
        read_champion_file(_packed(tmp_path / "x.champion", kind, _told(exported, members=listed)))


def _listed(length):
    return {"run.bson": {"bytes": length, "sha256": ""}}


@pytest.mark.parametrize(
    "field",
    [
        *({"members": each} for each in ([], None, {"run.bson": 3}, *map(_listed, (-2, True, "9", 9.0, None)))),
        {"feature_set": None},
        {"measured": "yes"},
        {"features": [1]},
        {"versions": {"genrelab": 1}},
        {"dataset": {"$ne": None}},
        {"probe": {"spectral-v1": {"values": ["1"]}}},
    ],
    ids=str,
)
def test_an_odd_manifest_is_told(exported, tmp_path, field):
    with pytest.raises(BrokenFileError, match=f"no champion's file says: its '{next(iter(field))}' is of another type"):
        read_champion_file(_packed(tmp_path / "x.champion", zipfile.ZIP_STORED, _told(exported, **field)))


def test_a_field_that_lacks_is_told(exported, tmp_path):
    told = _told(exported)
    del told["feature_set"]
    with pytest.raises(BrokenFileError, match="lacks 'feature_set'"):
        read_champion_file(_packed(tmp_path / "x.champion", zipfile.ZIP_STORED, told))


def test_a_model_that_unpacks_to_more_than_its_length_is_refused(exported, tmp_path):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as model:
        model.writestr("schema.json", b"0" * 10**6)
    with pytest.raises(BrokenFileError, match="unpack to more than its length"):
        read_champion_file(_changed(exported, tmp_path / "x.champion", {"models/0.skops": archive.getvalue()}))


def _changed(exported, path, members=(), **about):
    file = read_champion_file(exported)
    write_champion_file(replace(file, about={**file.about, **about}, members={**file.members, **dict(members)}), path)
    return path


def test_other_feature_versions_are_told_and_nothing_is_left(exported, emptied, tmp_path):
    path = tmp_path / "x.champion"
    with pytest.raises(BrokenFileError, match=r"on features 'spectral-v9', which this version does not know"):
        import_champion(emptied, _changed(exported, path, feature_set="spectral-v9"))
    with pytest.raises(BrokenFileError, match=r"'spectral-v1' has other columns than here: 'mood'"):
        import_champion(emptied, _changed(exported, path, features=["mood"]))
    assert not emptied["models"].count_documents({})
    probe = read_champion_file(exported).about["probe"]
    probe["spectral-v1"]["values"][3] += 1
    done = import_champion(emptied, _changed(exported, path, probe=probe))
    assert "come out otherwise here than where the champion was made" in done.remarks[0]


def _with_run(exported, path, **changed):
    """Write a file whose run is told otherwise."""
    facts = bson.decode(read_champion_file(exported).members["run.bson"])
    return _changed(exported, path, {"run.bson": bson.encode({**facts, **changed})})


def test_where_things_are_on_this_machine_stays(songs):
    places = dict.fromkeys(("audio", "table", "metadata", "exports", "answers"), "/home/me") | {"scheduler": "tcp://me"}
    before = songs.run.facts["parameters"]
    songs.run.note({"parameters": {**places, "seed": 3}})
    try:
        file = export_champion(champion_of(songs.database, songs.dataset, songs.run_id))
    finally:
        songs.run.note({"parameters": before})
    assert bson.decode(file.members["run.bson"])["parameters"] == {"seed": 3}
    assert not [name for name, content in file.members.items() if b"/home/me" in content or b"tcp://me" in content]


def test_nothing_goes_on_from_what_was_imported(exported, emptied):
    run = import_champion(emptied, exported).run
    for named in ({}, {"dataset": "songs"}, {"run_id": run.run_id}):
        with pytest.raises(incoming.InputError, match="its music is elsewhere"):
            open_run(emptied, **named)
    for named in (("songs", ""), ("", run.run_id)):
        with pytest.raises(incoming.InputError, match="its music is elsewhere"):
            transfer(emptied, *named, TransferOptions(to="songs"))
    assert emptied["runs"].distinct("run_id") == [run.run_id]


def test_a_dataset_that_is_elsewhere_is_listed_and_told_of_as_such(exported, emptied):
    import_champion(emptied, exported)
    (entry,) = list_datasets(emptied)
    assert (entry["dataset"], entry["source"], entry["tracks"], entry["runs"]) == ("songs", "imported", None, 1)
    assert entry["champion"] == list_models(emptied)[0]["model"]
    for ask in (find_dataset, unknown_dataset):
        with pytest.raises(incoming.InputError, match="music of dataset 'songs' is elsewhere: here is an imported"):
            raise ask(emptied, "songs")
    assert "there are: songs" in str(unknown_dataset(emptied, "other"))
    with pytest.raises(incoming.InputError, match="its music is elsewhere"):
        find_resumable(emptied, "songs")
    with pytest.raises(incoming.InputError, match="no run to resume"):
        find_resumable(emptied, "other")


def test_whether_a_champion_of_a_table_learned_from_a_song_is_not_known_elsewhere_either(
    songs, exported, emptied, tmp_path, monkeypatch
):
    heard = [songs.database["tracks"].find_one({"dataset": songs.dataset, "holdout": False})["content_hash"], "other"]
    assert learned.find_learned(import_champion(emptied, exported).run, heard) == set(heard[:1])
    monkeypatch.setattr(learned, "_is_of_table", lambda run: True)
    key = champion_of(songs.database, songs.dataset, songs.run_id)
    assert learned.find_learned(key.run, heard) is None
    path = tmp_path / "table.champion"
    write_champion_file(export_champion(key), path)
    delete_run(emptied, songs.run_id)
    assert learned.find_learned(import_champion(emptied, path).run, heard) is None


def test_an_odd_run_is_told_and_nothing_is_left(exported, emptied, tmp_path):
    path, run = tmp_path / "x.champion", read_champion_file(exported).members["run.bson"]
    stages = bson.decode(run)["stages"]
    for odd in (b"", run + run):
        with pytest.raises(BrokenFileError, match="must hold one"):
            import_champion(emptied, _changed(exported, path, {"run.bson": odd}))
    for changed in (
        {"run_id": {"$ne": None}},
        {"stages": []},
        {"stages": {"optimise": {}}},
        {"stages": {**stages, "compare": {"generation": 3}}},
        {"started_at": "today"},
        {"finished_at": "today"},
        {"champion": {"model": 3}},
        {"champion": None},
    ):
        with pytest.raises(BrokenFileError):
            import_champion(emptied, _with_run(exported, path, **changed))
        assert not emptied["runs"].count_documents({}), changed


def _generations(facts):
    return {entry["generation"] for entry in facts["stages"].values() if "generation" in entry}


def test_rows_can_not_count_as_another_run_s(songs, exported, emptied, tmp_path):
    run = import_champion(emptied, exported).run
    assert not _generations(run.facts) & _generations(songs.run.facts)
    for name in ("scores", "results", "predictions", "models"):
        assert set(emptied[name].distinct("generation")) <= _generations(run.facts)
    delete_run(emptied, run.run_id)
    members = read_champion_file(exported).members
    for name in ("scores.bson", "models.bson"):
        rows = bson.decode_all(members[name])
        for stray in ("another run's", {"$ne": None}):
            content = b"".join(bson.encode({**row, "generation": stray}) for row in rows)
            with pytest.raises(BrokenFileError, match="rows that no stage of its run has made"):
                import_champion(emptied, _changed(exported, tmp_path / "x.champion", {name: content}))
    assert not emptied["scores"].count_documents({})


def test_a_package_that_is_missing_is_told_and_makes_no_champion_of_a_table(songs, monkeypatch):
    monkeypatch.setattr(champion, "_missing", lambda *_, **__: "needs onnxruntime")
    with pytest.raises(champion.NoModelError, match="needs onnxruntime"):
        export_champion(champion_of(songs.database, songs.dataset, songs.run_id))


def test_a_model_that_can_not_be_used_is_refused_whole(exported, emptied, tmp_path):
    path = _changed(exported, tmp_path / "x.champion", {"models/0.skops": b"no model"})
    with pytest.raises(BrokenFileError, match=r"can't be used here: the .* is damaged"):
        import_champion(emptied, path)
    assert not emptied["runs"].count_documents({})


def test_it_takes_no_other_dataset_s_name(songs, exported, emptied):
    assert import_champion(songs.database, exported).remarks == ["It was made here."]
    emptied["datasets"].insert_one({"dataset": "songs", "source": "audio", "location": "/music"})
    try:
        with pytest.raises(incoming.InputError, match="'songs' of its own: give the champion another name"):
            import_champion(emptied, exported)
        done = import_champion(emptied, exported, "theirs")
        assert (done.run.dataset, done.is_new) == ("theirs", True)
        assert champion_of(emptied, "theirs").run.run_id == songs.run_id
    finally:
        emptied["datasets"].delete_many({})


def test_one_that_was_cut_off_is_finished_by_the_next(exported, emptied, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(incoming, "_try_out", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        patch.setattr(incoming, "clear_run", lambda *_: None)  # as where it is killed
        with pytest.raises(KeyboardInterrupt):
            import_champion(emptied, exported)
    with pytest.raises(incoming.InputError, match="no champion yet"):
        champion_of(emptied, "songs")
    assert import_champion(emptied, exported).is_new
    assert champion_of(emptied, "songs")
