"""What comes in and what may not get out: unsafe calls are found by lint, files with secrets stay out of git."""

import json
import re
import subprocess
import sys

import pytest
import yaml

from pipeline.settings import PROJECT_DIR

UNSAFE = {
    "import pickle": "B403",
    "import pickle; pickle.loads(b'')": "B301",
    "eval('1')": "B307",
    "exec('1')": "B102",
    "import subprocess; subprocess.run('ls', shell=True)": "B602",
    "import os; os.system('ls')": "B605",
    "import yaml; yaml.load('a')": "B506",
    "import tempfile; tempfile.mktemp()": "B306",
    "password = 'open sesame'": "B105",
}
SECRET_FILES = (
    *(".env", ".env.production", "sub/.env", ".netrc", ".pypirc"),
    *("server.pem", "mongo/tls/ca.key", "client.p12", "client.pfx", "id_rsa", "id_ed25519.pub"),
    *("mongod.keyfile", "mongo/keyfile", "mongo-keyfile", "credentials", "credentials.json", "secrets.toml"),
)


def git(*arguments) -> subprocess.CompletedProcess:
    return subprocess.run(["git", *arguments], cwd=PROJECT_DIR, capture_output=True, text=True)


needs_git = pytest.mark.skipif(git("rev-parse").returncode != 0, reason="the project is no git repository here")


def bandit(folder) -> list[dict]:
    """Return what the bandit of ``make lint`` finds in a folder."""
    command = [sys.executable, "-m", "bandit", "--quiet", "--configfile", PROJECT_DIR / "pyproject.toml"]
    done = subprocess.run([*command, "--format", "json", "--recursive", folder], capture_output=True, text=True)
    return json.loads(done.stdout)["results"]


def test_lint_finds_every_unsafe_call(tmp_path):
    for number, code in enumerate(UNSAFE):
        (tmp_path / f"m{number}.py").write_text(code + "\n")
    found = {(result["filename"].rsplit("/", 1)[-1], result["test_id"]) for result in bandit(tmp_path)}
    assert {(f"m{number}.py", test) for number, test in enumerate(UNSAFE.values())} <= found


def test_lint_looks_at_all_code_of_the_program():
    recipe = (PROJECT_DIR / "Makefile").read_text()
    assert re.search(r"bandit .*--recursive pipeline benchmarks docs$", recipe, flags=re.MULTILINE)


def test_a_finding_is_only_passed_over_by_its_number_and_with_a_reason():
    for path in [*(PROJECT_DIR / "pipeline").rglob("*.py"), *(PROJECT_DIR / "benchmarks").rglob("*.py")]:
        for line in path.read_text(encoding="utf-8").splitlines():
            if "# nosec" in line:
                assert re.search(r"# nosec B\d{3} # \w+\W+\w+", line), f"{path.name}: {line.strip()}"


@needs_git
@pytest.mark.parametrize("name", SECRET_FILES)
def test_git_refuses_a_file_that_holds_secrets(name):
    assert git("check-ignore", "--no-index", name).stdout.strip() == name


@needs_git
def test_git_takes_the_example_of_the_secrets_and_all_that_is_in_it():
    assert git("check-ignore", "--no-index", ".env.example").returncode == 1
    assert git("ls-files", "--cached", "--ignored", "--exclude-standard").stdout == ""


def test_the_example_names_secrets_and_holds_none():
    lines = (PROJECT_DIR / ".env.example").read_text().splitlines()
    values = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert {"GENRELAB_DB_PASSWORD", "GENRELAB_DB_ROOT_PASSWORD", "GENRELAB_LAB_TOKEN"} <= values.keys()
    assert set(values.values()) == {""}


def test_compose_takes_each_secret_from_the_environment():
    text = (PROJECT_DIR / "docker-compose.yml").read_text()
    for line in re.findall(r".*(?:PASSWORD|TOKEN).*", text):
        assert line.lstrip().startswith("#") or "${" in line or "process.env." in line, line


def test_the_checks_before_a_commit_are_those_of_lint_by_the_projects_own_tools():
    recipe = (PROJECT_DIR / "Makefile").read_text()
    (repository,) = yaml.safe_load((PROJECT_DIR / ".pre-commit-config.yaml").read_text())["repos"]
    assert repository["repo"] == "local"
    assert len(repository["hooks"]) == 3
    for hook in repository["hooks"]:
        program, first, *_ = hook["entry"].split()
        assert hook["language"] == "system"
        assert f"{program.replace('.venv/bin', '$(BIN)')} {first}" in recipe
