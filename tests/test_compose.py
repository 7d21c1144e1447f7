"""docker-compose.yml as real tools see it: podman-compose resolves it, the compose specification's schema judges it."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from distributed.cli import dask_scheduler, dask_worker
from pymongo import MongoClient
from pymongo.errors import OperationFailure
from pymongo.uri_parser import parse_uri

from pipeline.settings import Settings
from pipeline.store.connection import connected
from tests.store.guarded import guarded_server

PROJECT_DIR = Path(__file__).parent.parent
COMPOSE_FILE = PROJECT_DIR / "docker-compose.yml"
ENV_EXAMPLE = PROJECT_DIR / ".env.example"
INIT_SCRIPT = PROJECT_DIR / "mongo" / "init" / "10-users.js"

CREDENTIALS = {
    "GENRELAB_DB_ROOT_USER": "an-administrator",
    "GENRELAB_DB_ROOT_PASSWORD": "administrator-password",
    "GENRELAB_DB_USER": "an-application",
    "GENRELAB_DB_PASSWORD": "application-password",
    "GENRELAB_DB_READER": "a-reader",
    "GENRELAB_DB_READER_PASSWORD": "reader-password",
    "GENRELAB_LAB_TOKEN": "a-token",
}
APPS = ("lab", "run", "web")
WITH_FILES = ("lab", "run")


def resolve(environment: dict[str, str], *options: str, env_file: str | Path = os.devnull):
    """Run ``podman-compose config`` where only `environment` is set; --dry-run asks for no engine."""
    command = [sys.executable, "-m", "podman_compose", "--dry-run", "--env-file", str(env_file)]
    return subprocess.run(
        [*command, *options, "--file", str(COMPOSE_FILE), "config"],
        env={"PATH": os.defpath, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def resolved_services(environment: dict[str, str] = CREDENTIALS, *options: str) -> dict[str, dict]:
    result = resolve(environment, *options)
    assert result.returncode == 0, result.stderr
    return yaml.safe_load(result.stdout)["services"]


def judge(*compose_files: Path) -> dict:
    """Hold compose files against the JSON schema of the compose specification."""
    how = ["--builtin-schema", "vendor.compose-spec", "--output-format", "json", "-vv"]
    command = [sys.executable, "-m", "check_jsonschema", *how, *map(str, compose_files)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=False).stdout)


def mounts(service: dict) -> dict[str, dict]:
    """Bind mounts of a service by their target."""
    return {mount["target"]: mount for mount in service["volumes"] if isinstance(mount, dict)}


@pytest.fixture(scope="module")
def services() -> dict[str, dict]:
    return resolved_services(CREDENTIALS, "--profile", "batch")


@pytest.fixture(scope="module")
def mongo(services) -> dict:
    return services["mongo"]


@pytest.fixture(params=APPS)
def app(services, request) -> dict:
    return services[request.param]


@pytest.fixture(params=WITH_FILES)
def app_with_files(services, request) -> dict:
    return services[request.param]


# The file


def test_it_follows_the_compose_specification_as_it_would_not_with_a_misspelt_key(tmp_path):
    misspelt = tmp_path / "misspelt.yml"
    misspelt.write_text(
        COMPOSE_FILE.read_text(encoding="utf-8").replace("healthcheck:", "heathcheck:"), encoding="utf-8"
    )
    judged = judge(COMPOSE_FILE, misspelt)
    assert judged["status"] == "fail"
    assert judged["successes"] == [str(COMPOSE_FILE)]
    assert {error["filename"] for error in judged["errors"]} == {str(misspelt)}
    assert "heathcheck" in str(judged["errors"])


@pytest.mark.parametrize("name", CREDENTIALS)
@pytest.mark.parametrize("value", [None, ""], ids=["unset", "empty"])
def test_it_refuses_to_start_without(name, value):
    others = {key: other for key, other in CREDENTIALS.items() if key != name}
    result = resolve(others if value is None else {**others, name: value})
    assert result.returncode != 0
    assert name in result.stderr


def test_it_holds_no_secret():
    without_variables = re.sub(r"\$\{.*?\}", "", COMPOSE_FILE.read_text(encoding="utf-8"))
    for service in yaml.safe_load(without_variables)["services"].values():
        for name, value in service.get("environment", {}).items():
            assert not (value and re.search("USER|PASSWORD|TOKEN|KEY|SECRET", name)), name
            assert set(re.findall("://(.*)@", value)) <= {":"}, name


def test_every_published_port_is_on_loopback_only(services):
    ports = [port for service in services.values() for port in service.get("ports", [])]
    assert "127.0.0.1:27017:27017" in ports
    assert "127.0.0.1:8888:8888" in ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


# The example of an environment


def test_the_example_names_every_variable_of_the_file():
    used = set(re.findall(r"\$\{(\w+)", COMPOSE_FILE.read_text(encoding="utf-8")))
    assert set(re.findall(r"^#?(\w+)=", ENV_EXAMPLE.read_text(encoding="utf-8"), re.MULTILINE)) == used


def test_the_example_must_be_filled_in():
    assert resolve({}, env_file=ENV_EXAMPLE).returncode != 0


def test_the_example_filled_in_is_enough(tmp_path):
    filled_in = tmp_path / "env"
    filled_in.write_text(re.sub(r"=$", "=secret", ENV_EXAMPLE.read_text(encoding="utf-8"), flags=re.MULTILINE))
    result = resolve({}, env_file=filled_in)
    assert result.returncode == 0, result.stderr


# MongoDB


def test_mongodb_is_version_8(mongo):
    assert re.fullmatch(r"mongo:8(\.\d+)*", mongo["image"])


def test_mongodb_asks_for_authentication(mongo):
    assert mongo["environment"]["MONGO_INITDB_ROOT_USERNAME"] == CREDENTIALS["GENRELAB_DB_ROOT_USER"]
    assert mongo["environment"]["MONGO_INITDB_ROOT_PASSWORD"] == CREDENTIALS["GENRELAB_DB_ROOT_PASSWORD"]


def test_mongodb_keeps_its_data_in_a_named_volume(mongo):
    (source,) = [mount.split(":")[0] for mount in mongo["volumes"] if mount.split(":")[1] == "/data/db"]
    assert source in yaml.safe_load(COMPOSE_FILE.read_text(encoding="utf-8"))["volumes"]


def test_mongodb_is_restarted_with_the_machine(mongo):
    assert mongo["restart"] == "unless-stopped"


def test_the_health_check_logs_in_as_the_application(mongo):
    kind, program, *_, script = mongo["healthcheck"]["test"]
    assert (kind, program) == ("CMD", "mongosh")
    assert "db.auth(process.env.GENRELAB_DB_USER, process.env.GENRELAB_DB_PASSWORD)" in script
    assert "ping" in script


def test_the_health_check_asks_the_server_that_the_applications_use(mongo, services):
    # Not on loopback: there the server of the set-up phase would answer, which is about to stop.
    (uri,) = [part for part in mongo["healthcheck"]["test"] if part.startswith("mongodb://")]
    asked, used = parse_uri(uri), parse_uri(services["run"]["environment"]["MONGODB_URI"])
    assert (asked["nodelist"], asked["database"]) == (used["nodelist"], used["database"])


def test_no_credential_is_on_a_command_line(services):
    for service in services.values():
        words = [
            *service.get("healthcheck", {}).get("test", []),
            *service.get("entrypoint", []),
            *service.get("command", []),
        ]
        assert not [word for word in words for secret in CREDENTIALS.values() if secret in word]


# Users


def test_users_come_from_the_init_folder(mongo):
    assert "./mongo/init:/docker-entrypoint-initdb.d:ro" in mongo["volumes"]
    assert INIT_SCRIPT.is_file()


def test_the_init_script_is_given_the_credentials_that_it_reads(mongo):
    read = set(re.findall(r'"(GENRELAB_\w+)"', INIT_SCRIPT.read_text(encoding="utf-8")))
    assert read == {name for name in CREDENTIALS if re.match("GENRELAB_DB_(USER|PASSWORD|READER)", name)}
    assert read <= set(mongo["environment"])


SHELL = """
const vm = require("vm"), fs = require("fs");
const made = [];
const db = { getSiblingDB: (name) => ({ createUser: (user) => made.push([name, user]) }) };
vm.runInNewContext(fs.readFileSync(process.argv[1], "utf8"), { db, process });
console.log(JSON.stringify(made));
"""
"""What the script knows of mongosh: it tells which users it makes."""


def users_of(script: Path, environment: dict[str, str]) -> subprocess.CompletedProcess:
    node = shutil.which("node")
    if node is None:
        from playwright._impl._driver import compute_driver_executable

        node = compute_driver_executable()[0]
    return subprocess.run([node, "-e", SHELL, script], env=environment, capture_output=True, text=True)


@pytest.fixture(scope="module")
def users():
    """Return the users that the script makes, each with its database."""
    done = users_of(INIT_SCRIPT, CREDENTIALS)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_users_may_touch_one_database_only(users):
    assert {database for database, _ in users} == {"genrelab"}
    assert {role["db"] for _, user in users for role in user["roles"]} == {"genrelab"}


def test_the_application_reads_and_writes_and_the_page_reads(users):
    roles = {user["user"]: {role["role"] for role in user["roles"]} for _, user in users}
    assert roles == {"an-application": {"readWrite", "dbAdmin"}, "a-reader": {"read"}}


@pytest.mark.parametrize("name", [name for name in CREDENTIALS if "DB" in name and "ROOT" not in name])
@pytest.mark.parametrize("value", ["", "p/q", "p+q", "p@q", "pä", "p q"])
def test_a_credential_that_would_break_a_uri_is_refused(name, value):
    done = users_of(INIT_SCRIPT, {**CREDENTIALS, name: value})
    assert done.returncode != 0
    assert name in done.stderr


def test_the_users_can_do_what_they_are_for_on_a_real_server(users, services):
    """As the services of the file log in, but for the host."""
    with guarded_server() as server:
        with MongoClient(f"mongodb://root:root@{server.host}/") as client:
            for database, user in users:
                client[database].command("createUser", user["user"], pwd=user["pwd"], roles=user["roles"])
        uris = {name: services[name]["environment"]["MONGODB_URI"].replace("mongo:27017", server.host) for name in APPS}
        with connected(Settings(mongodb_uri=uris["run"])) as database:
            database["tracks"].insert_one({"dataset": "d", "track_id": "a", "genre": "jazz", "status": "ready"})
        with connected(Settings(mongodb_uri=uris["web"]), read_only=True) as database:
            assert database["tracks"].find_one()["genre"] == "jazz"
            with pytest.raises(OperationFailure, match="not authorized"):
                database["tracks"].delete_many({})


def test_a_password_that_the_init_script_accepts_passes_through_the_uri():
    (accepted,) = re.findall(r"/(\^\[.+\]\+\$)/\.test", INIT_SCRIPT.read_text(encoding="utf-8"))
    password = "".join(character for character in map(chr, range(256)) if re.match(accepted, character))
    uri = resolved_services({**CREDENTIALS, "GENRELAB_DB_PASSWORD": password})["lab"]["environment"]["MONGODB_URI"]
    assert parse_uri(uri)["password"] == password


# JupyterLab and batch runs


def test_the_apps_are_built_from_one_dockerfile(services):
    lab, run, web = (services[name] for name in APPS)
    assert lab["build"] == run["build"] == web["build"]
    assert lab["image"] == run["image"] == web["image"]
    assert (PROJECT_DIR / lab["build"]["context"] / lab["build"].get("dockerfile", "Dockerfile")).samefile(
        PROJECT_DIR / "Dockerfile"
    )


def test_an_app_waits_until_mongodb_is_healthy(app):
    assert app["depends_on"] == {"mongo": {"condition": "service_healthy"}}


@pytest.mark.parametrize(
    ("name", "user", "password"),
    [
        ("lab", "an-application", "application-password"),
        ("run", "an-application", "application-password"),
        ("web", "a-reader", "reader-password"),
    ],
)
def test_an_app_logs_in_as_its_user(services, name, user, password):
    uri = parse_uri(services[name]["environment"]["MONGODB_URI"])
    assert uri["nodelist"] == [("mongo", 27017)]
    assert (uri["username"], uri["password"]) == (user, password)
    assert uri["database"] == "genrelab"


def test_the_page_never_sees_a_user_who_may_write(services):
    assert "an-application" not in yaml.safe_dump(services["web"])


def test_an_app_never_sees_the_administrator(app):
    assert "administrator" not in yaml.safe_dump(app)


def test_an_app_is_not_root(app):
    user, _, group = app["user"].partition(":")
    assert int(user) > 0
    assert int(group) > 0


def test_an_app_shares_notebooks_results_and_music_with_the_machine(app_with_files):
    sources = {target: Path(mount["source"]).name for target, mount in mounts(app_with_files).items()}
    assert sources == {
        "/genrelab/notebooks": "notebooks",
        "/genrelab/exports": "exports",
        "/genrelab/runs": "runs",
        "/music": "music",
    }


def test_music_is_read_only_and_may_be_anywhere():
    lab = resolved_services({**CREDENTIALS, "GENRELAB_MUSIC": "/srv/songs"})["lab"]
    assert mounts(lab)["/music"]["source"] == "/srv/songs"
    assert mounts(lab)["/music"]["read_only"] is True


def test_a_missing_folder_is_refused_rather_than_made_for_root(app_with_files):
    assert all(mount["bind"] == {"create_host_path": False} for mount in mounts(app_with_files).values())


def test_jupyterlab_asks_for_the_token(services):
    assert services["lab"]["environment"]["JUPYTER_TOKEN"] == CREDENTIALS["GENRELAB_LAB_TOKEN"]


def test_the_page_sees_no_file_of_the_machine_and_listens_inside_the_container(services):
    web = services["web"]
    assert not web.get("volumes")
    assert web["ports"] == ["127.0.0.1:8000:8000"]
    assert web["entrypoint"] == ["genrelab", "serve", "--host=0.0.0.0", "--port=8000"]


def test_the_page_is_known_by_its_service_s_name_and_those_of_the_env_file():
    for given, names in (("", ("web",)), ("music.example, b.example", ("web", "music.example", "b.example"))):
        web = resolved_services({**CREDENTIALS, "GENRELAB_ALLOWED_HOSTS": given})["web"]
        assert Settings(allowed_hosts=web["environment"]["GENRELAB_ALLOWED_HOSTS"]).allowed_hosts == names


def test_a_batch_run_is_started_on_demand_only():
    assert "run" not in resolved_services()


def test_a_batch_run_takes_the_options_of_the_command_line(services):
    program, command = services["run"]["entrypoint"]
    scripts = tomllib.loads((PROJECT_DIR / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
    assert program in scripts
    assert command == "run"


# A cluster


@pytest.fixture(scope="module")
def cluster() -> dict[str, dict]:
    return resolved_services({**CREDENTIALS, "GENRELAB_WORKERS": "8"}, "--profile", "batch", "--profile", "cluster")


def test_a_cluster_is_started_on_demand_only():
    assert not {"scheduler", "worker"} & resolved_services().keys()


def test_there_are_two_workers_or_as_many_as_the_env_file_says(cluster):
    assert int(cluster["worker"]["deploy"]["replicas"]) == 8
    two = resolved_services(CREDENTIALS, "--profile", "cluster")
    assert int(two["worker"]["deploy"]["replicas"]) == 2


def test_nobody_outside_reaches_the_scheduler_and_it_knows_no_credential(cluster):
    assert "ports" not in cluster["scheduler"]
    assert "environment" not in cluster["scheduler"]
    assert not cluster["scheduler"]["volumes"]


def test_workers_are_what_a_batch_run_is_and_see_the_same_music_and_database(cluster):
    worker, run = cluster["worker"], cluster["run"]
    for name in ("build", "image", "environment", "user", "security_opt"):
        assert worker[name] == run[name]
    assert mounts(worker) == {"/music": mounts(run)["/music"]}


def test_workers_wait_for_mongodb_and_the_scheduler(cluster):
    healthy = {"condition": "service_healthy"}
    assert cluster["worker"]["depends_on"] == {"mongo": healthy, "scheduler": healthy}


@pytest.mark.parametrize(("name", "command"), [("scheduler", dask_scheduler), ("worker", dask_worker)])
def test_dask_understands_its_command_lines(cluster, name, command):
    program, role, *arguments = cluster[name]["entrypoint"]
    assert (program, role) == ("dask", name)
    given = command.main.make_context(name, arguments).params
    assert given.get("port", given.get("scheduler")) in ("8786", "tcp://scheduler:8786")


# The image


def dockerfile() -> list[str]:
    """Instructions of the Dockerfile, continued lines joined."""
    text = (PROJECT_DIR / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    return [" ".join(line.split()) for line in text.splitlines() if line and not line.startswith("#")]


@pytest.mark.parametrize(
    ("extras", "installed"),
    [("", ".[learned,cluster]"), ("deep", ".[learned,cluster,deep]"), ("deep,tags", ".[learned,cluster,deep,tags]")],
)
def test_the_image_installs_learned_features_and_dask_and_the_extras_asked_for(extras, installed):
    assert 'ARG EXTRAS=""' in dockerfile()
    (argument,) = re.findall(r'--editable ("[^"]*")', "\n".join(dockerfile()))
    said = subprocess.run(["sh", "-c", f"printf %s {argument}"], env={"EXTRAS": extras}, capture_output=True, text=True)
    assert said.stdout == installed


def test_the_image_installs_the_pinned_packages_before_the_code_changes():
    steps = dockerfile()
    (install,) = [number for number, step in enumerate(steps) if "pip install" in step]
    assert "--constraint constraints.txt --editable " in steps[install]
    assert install < steps.index("COPY . .")


def test_the_image_does_not_run_as_root():
    users = [step.split()[1] for step in dockerfile() if step.startswith("USER ")]
    assert users
    assert users[-1] not in {"root", "0"}


def test_the_image_holds_what_the_package_needs_and_no_credentials():
    lines = (PROJECT_DIR / ".dockerignore").read_text(encoding="utf-8").splitlines()
    everything, *exceptions = [line for line in lines if line and not line.startswith("#")]
    assert everything == "*"
    assert {"!pyproject.toml", "!constraints.txt", "!README.md", "!pipeline", "!notebooks", "!mongo"} <= set(exceptions)
    assert not [line for line in exceptions if line.startswith("!.env")]
