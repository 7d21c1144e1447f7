"""All notebooks of a run, cell by cell as in JupyterLab but in this process; see test_add_one."""

import json
import sys

from pipeline.evaluation import crown, load_samples, ranking
from pipeline.models import load_champion
from pipeline.stages import STAGES
from pipeline.store import Run, connect
from pipeline.store.runs import finish_run, start_run
from tests.finished import crown_in, few_refits, finished_run


def play(run: Run, given: dict) -> dict:
    """Execute the code of every stage's notebook with what is `given`; return what each stage told of leaks."""
    told = {}
    for stage in STAGES:
        names: dict = {}
        for cell in json.loads(stage.path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                exec("".join(cell["source"]), names)  # whatever a cell shows is made, figures too
            if "parameters" in cell["metadata"].get("tags", []):
                of_run = {"dataset": run.dataset, "run_id": run.run_id}
                names |= {name: value for name, value in (given | of_run).items() if name in names}
        headlines = [found for value in names.values() if (found := getattr(value, "headline", None))]
        told[stage.name] = [leak for found in headlines for leak in found.leaks]
    return told


def stored_and_loaded(run: Run, model: str, policy: str) -> str:
    """Crown a model by name, store it, and say what is loaded."""
    samples = load_samples(run.database, run.dataset)
    ranked = ranking(run.scores(), policy)
    champion = crown(ranked[ranked["model"] == model].reset_index(drop=True), samples, policy=policy, seed=0)
    return load_champion(crown_in(finished_run(run.database, run.dataset), champion)).name


def main(given: str) -> None:
    """Play all stages of a run with these parameters, as JSON; print what they told, as JSON."""
    asked = json.loads(given)
    run = start_run(connect(), "added", asked)
    with few_refits():
        told = play(run, asked)
    finish_run(run)
    told["champion"] = stored_and_loaded(run, asked["models"].split(",")[-1], asked["split"])
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
