"""What a champion named, of all folders, for the exports: rows that fit their declaration, none of another champion."""

import pytest

from pipeline.predict import label_folder, read_new_music
from pipeline.report.assemble import assemble_exports
from pipeline.report.csv_export import conform
from pipeline.report.views import describe
from pipeline.tables import BY_NAME, NEW_MUSIC, SURE_FROM, SURENESS
from pipeline.without_places import _patterns
from tests.in_memory import exports_of


def test_the_exports_have_what_the_champion_named_and_a_dashboard_only_where_it_named_something(songs, key, unlabelled):
    frames = exports_of(songs.run)
    assert frames["new_music"].empty
    before = describe({name: conform(BY_NAME[name], frame) for name, frame in frames.items()})
    assert "New music" not in [board.name for board in before.dashboards]

    labels, _ = label_folder(key, unlabelled.folder)
    labels = labels[labels["genre"].notna()].set_index("path")
    of_old = {"dataset": songs.dataset, "run_id": songs.run_id, "source": "/old", "path": "x.mp3"}
    songs.database["labels"].insert_one({**of_old, "champion": "another", "genre": "jazz", "probability": 0.5})
    known = songs.database["labels"].find_one({"genre": {"$ne": None}, "champion": str(key)}, {"_id": False})
    songs.database["labels"].insert_one(known | {"run_id": "a run before it"})  # the same champion: told once
    assert len(read_new_music(songs.run, "another")) == 1
    frames = exports_of(songs.run)
    rows = conform(NEW_MUSIC, frames["new_music"])
    assert set(rows["source"]) == {str(unlabelled.folder)}, "a folder outside the user's home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(unlabelled.folder.parent))
        _patterns.cache_clear()
        assert set(assemble_exports(songs.run)["new_music"]["source"]) == {f"~/{unlabelled.folder.name}"}
    _patterns.cache_clear()
    assert rows.set_index("path")["genre"].to_dict() == labels["genre"].to_dict()
    for _, files in rows.groupby("genre"):
        assert files["rank"].tolist() == list(range(1, len(files) + 1))
        assert files["probability"].is_monotonic_decreasing
    starts = dict(zip(SURENESS, (0.0, *SURE_FROM), strict=True))
    assert (rows["probability"] >= rows["sureness"].map(starts).astype(float)).all()
    assert (rows["probability"] < rows["sureness"].map(starts).astype(float) + 0.3 + 1e-9).all()
    after = describe({name: conform(BY_NAME[name], frame) for name, frame in frames.items()})
    assert after.dashboards[-1].name == "New music"
    assert f"of {len(labels)} files without a label are called" in after.title(after.dashboards[-1])
