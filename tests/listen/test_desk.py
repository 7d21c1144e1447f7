"""The desk: which champion it asks, while others come and go."""

from dataclasses import replace

import pytest

from pipeline.listen import desk as desk_module
from pipeline.listen.desk import Desk
from pipeline.listen.judge import load_judge
from pipeline.models import UnusableModelError, load_champion
from pipeline.predict import NoModelError
from pipeline.store.runs import finish_run, start_run
from tests.finished import crown_in, remove


@pytest.fixture
def newer(songs):
    """A newer run of the songs' dataset, with a champion of its own."""
    run = start_run(songs.database, songs.dataset, {})
    crown_in(run, replace(load_champion(songs.run), n_tracks=4711))
    finish_run(run)
    yield run
    remove(run)


def test_it_asks_the_newest_and_again_the_one_before_where_that_vanishes(songs, newer):
    desk = Desk(songs.database, songs.dataset, pool=None)
    assert desk.judge().champion.n_tracks == 4711
    remove(newer)
    assert desk.judge().run == songs.run


def test_a_champion_that_vanishes_while_it_is_loaded_is_one_that_is_not_there(songs, newer, monkeypatch):
    asked = []

    def load(key):
        asked.append(key.run.run_id)
        remove(newer)
        return load_judge(key)

    monkeypatch.setattr(desk_module, "load_judge", load)
    assert Desk(songs.database, songs.dataset, pool=None).judge().run == songs.run
    assert asked == [newer.run_id, songs.run_id]


def test_one_that_can_t_be_used_is_not_passed_over_for_an_older_one(songs, newer):
    model = songs.database["models"].find_one({"run_id": newer.run_id})
    songs.database["artefacts.files"].delete_one({"_id": model["file_id"]})
    desk = Desk(songs.database, songs.dataset, pool=None)
    for _ in range(2):
        with pytest.raises(UnusableModelError, match=f"the champion of run {newer.run_id} can't be used"):
            desk.judge()
    remove(newer)
    assert desk.judge().run == songs.run


def test_without_any_the_command_is_named(songs):
    with pytest.raises(NoModelError, match=r"no model yet\. Run: genrelab run --audio DIR --dataset unheard"):
        Desk(songs.database, "unheard", pool=None).judge()
