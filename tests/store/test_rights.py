"""What each command needs of MongoDB: users with exactly these rights can use it, and with one fewer they can't."""

import os
from contextlib import contextmanager

import pytest
from gridfs import GridFS
from pymongo import MongoClient

from pipeline.errors import StoreError
from pipeline.settings import Settings
from pipeline.stages.catalogue import CatalogueOptions, catalogue
from pipeline.stages.compare import CompareOptions, compare
from pipeline.stages.explore import ExploreOptions, explore
from pipeline.stages.export import ExportOptions, export
from pipeline.stages.extract import ExtractOptions, extract
from pipeline.stages.holdout import HoldoutOptions, holdout
from pipeline.stages.optimise import OptimiseOptions, optimise
from pipeline.store import connect
from pipeline.store.layout import CURRENT
from pipeline.store.run import ARTEFACTS
from pipeline.store.runs import finish_run, mark_killed, start_run
from tests.finished import few_refits
from tests.store.guarded import guarded_server
from tests.store.older import load
from tests.store.snapshot import snapshot
from tests.web.conftest import start, stop

DATABASE = "music"
LOOK = {"listCollections", "find"}
READ = LOOK
PREPARE_EMPTY = LOOK | {"listIndexes", "createIndex", "insert", "update"}
"""Whoever may insert may make a collection too."""

PREPARE_OLDER = PREPARE_EMPTY | {"collMod", "dropIndex", "remove"}
RUN = LOOK | {"listIndexes", "insert", "update", "remove", "createIndex"}
BUILT_IN = {
    "read": LOOK | {"listIndexes"},
    "readWrite": PREPARE_EMPTY | RUN | {"dropIndex"},
    "dbAdmin": {"collMod"},
}
"""What the roles give that mongo/README.md names; asked of the server below."""


@pytest.fixture(scope="module")
def server():
    with guarded_server() as server:
        yield server


@pytest.fixture
def root(server):
    """Return a client of the administrator; the database ends with the test."""
    with MongoClient(f"mongodb://root:root@{server.host}/") as client:
        yield client
        client.drop_database(DATABASE)


@pytest.fixture
def user_with(server, root):
    """Return a function that gives the URI of a user who may do these things in the database, and nothing else."""

    @contextmanager
    def user(actions: set[str]):
        privileges = [{"resource": {"db": DATABASE, "collection": ""}, "actions": sorted(actions)}]
        root.admin.command("createRole", "these", privileges=privileges, roles=[])
        root.admin.command("createUser", "exact", pwd="exact-secret", roles=["these"])
        try:
            yield f"mongodb://exact:exact-secret@{server.host}/{DATABASE}?authSource=admin"
        finally:
            root.admin.command("dropUser", "exact")
            root.admin.command("dropRole", "these")

    return user


def prepared(root) -> None:
    connect_as_root(root)


def connect_as_root(root) -> None:
    host = root.address[0].replace("/", "%2F")
    connect(Settings(mongodb_uri=f"mongodb://root:root@{host}/{DATABASE}?authSource=admin")).client.close()


def older(root) -> None:
    load(root[DATABASE], most=3)


def empty(root) -> None:
    """Leave it as it is."""


@pytest.mark.parametrize(
    ("before", "actions", "read_only"),
    [
        (prepared, READ, True),
        (empty, READ, True),
        (empty, PREPARE_EMPTY, False),
        (older, PREPARE_OLDER, False),
        (prepared, LOOK | {"listIndexes"}, False),
    ],
    ids=["read", "read an empty one", "prepare an empty one", "bring an older one up to date", "find all in place"],
)
def test_with_exactly_these_rights_it_works_and_with_one_fewer_it_is_refused_in_a_line(
    root, user_with, before, actions, read_only
):
    for missing in (None, *sorted(actions)):
        root.drop_database(DATABASE)
        before(root)
        with user_with(actions - {missing}) as uri:
            if missing is None:
                connect(Settings(mongodb_uri=uri), read_only=read_only).client.close()
                continue
            if (missing, before) in NOT_NEEDED:
                continue
            with pytest.raises(StoreError, match="the user may not") as refusal:
                connect(Settings(mongodb_uri=uri), read_only=read_only).client.close()
        assert "mongo/README.md says what each command needs" in str(refusal.value), missing


NOT_NEEDED = {("find", empty)}
"""Of a database that holds nothing there is nothing to find."""


def test_the_built_in_roles_give_what_is_said(root):
    for role, actions in BUILT_IN.items():
        [told] = root[DATABASE].command("rolesInfo", role, showPrivileges=True)["roles"]
        given = {
            action
            for privilege in told["privileges"]
            if privilege["resource"] == {"db": DATABASE, "collection": ""}
            for action in privilege["actions"]
        }
        assert actions <= given, role


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "table.csv"
    rows = (f"t{i}.wav,{i % 7 + 3 * (i % 2)},{i % 5},{'ab'[i % 2]}\n" for i in range(40))
    path.write_text("filename,x_mean,x_var,genre\n" + "".join(rows))
    return path


@pytest.fixture
def genrelab(main, monkeypatch, tmp_path):
    """Return a function that runs ``genrelab`` as the user of a URI, in this process."""
    for name in ("RUNS", "EXPORTS"):
        monkeypatch.setenv(f"GENRELAB_{name}", str(tmp_path / name.lower()))

    def command(uri: str, *arguments: str):
        monkeypatch.setenv("MONGODB_URI", uri)
        return main(*arguments)

    return command


def test_a_run_needs_to_read_and_write_and_to_make_the_indexes_of_its_files(root, user_with, tmp_path, table):
    """Every stage, by its function: the notebooks add nothing that asks for more."""
    prepared(root)
    with user_with(RUN) as uri, few_refits():
        database = connect(Settings(mongodb_uri=uri))
        mark_killed(database, "d")
        run = start_run(database, "d", {})
        catalogue(run, CatalogueOptions(table=str(table)))
        extract(run, ExtractOptions(features="spectral-v1", jobs=1))
        explore(run, ExploreOptions(jobs=1))
        compare(run, CompareOptions(models="knn_3", repeats=1, jobs=1))
        optimise(run, OptimiseOptions(k_max=3, repeats=1, jobs=1))
        holdout(run, HoldoutOptions())
        export(run, ExportOptions(exports=str(tmp_path / "exports")))
        finish_run(run)
        database.client.close()
    assert root[DATABASE]["models"].count_documents({}) > 0
    assert root[DATABASE]["runs"].find_one()["status"] == "done"


def test_a_run_may_prepare_an_empty_database_as_a_user_who_reads_and_writes(server, root, table):
    root.admin.command("createUser", "plain", pwd="plain-secret", roles=[{"role": "readWrite", "db": DATABASE}])
    uri = f"mongodb://plain:plain-secret@{server.host}/{DATABASE}?authSource=admin"
    database = connect(Settings(mongodb_uri=uri))
    catalogue(start_run(database, "d", {}), CatalogueOptions(table=str(table)))
    database.client.close()
    assert root[DATABASE]["meta"].find_one()["version"] == CURRENT
    assert root[DATABASE]["tracks"].count_documents({}) == 40


def test_a_user_who_may_not_change_validators_hears_who_may(root, user_with, genrelab):
    older(root)
    before = {name: content["documents"] for name, content in snapshot(root[DATABASE]).items()}
    with user_with(PREPARE_OLDER - {"collMod"}) as uri:
        done = genrelab(uri, "db", "prepare")
    assert (done.status, done.out) == (2, "")
    assert "the user may not collMod" in done.err
    assert "grant the role dbAdmin on it" in done.err
    after = {name: content["documents"] for name, content in snapshot(root[DATABASE]).items()}
    assert {name: after[name] for name in before} == before


def test_the_page_doctor_and_status_need_to_read_alone(server, root, songs, genrelab, tmp_path):
    """The page answers for a song, as ``serve`` does in docker-compose.yml."""
    for name in songs.database.list_collection_names():
        documents = list(songs.database[name].find())
        if documents and not name.startswith(f"{ARTEFACTS}."):
            root[DATABASE][name].insert_many(documents)
    files = GridFS(songs.database, collection=ARTEFACTS)
    copies = GridFS(root[DATABASE], collection=ARTEFACTS)
    for file in files.find():
        copies.put(file.read(), _id=file._id, filename=file.filename)
    connect_as_root(root)
    before = snapshot(root[DATABASE])
    uri = f"mongodb://reader:readonly-secret@{server.host}/{DATABASE}?authSource=admin"
    assert genrelab(uri, "doctor").status == 0
    told = genrelab(uri, "db", "status")
    assert told.out == f"running: mongodb://{server.host} (MONGODB_URI); the database has layout {CURRENT}\n"
    site = start(os.environ | {"MONGODB_URI": uri, "GENRELAB_JOBS": "1"}, tmp_path / "log", "--dataset", songs.dataset)
    try:
        for path in ("/", "/unseen", "/unseen/all", "/results", "/about", "/api", "/api/holdout"):
            assert site.get(path).status == 200, path
        assert site.send(songs.path(holdout=False).read_bytes()).status == 200
    finally:
        assert stop(site) == 0
    assert "Traceback" not in site.log.read_text()
    assert snapshot(root[DATABASE]) == before
