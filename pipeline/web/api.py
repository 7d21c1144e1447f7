"""The interface for programs: JSON, and problem details where something is wrong; openapi.json describes it."""

import math
import re
import secrets
from importlib.resources import files

from flask import Blueprint, Response, current_app, request

from pipeline.catalogue import is_synthetic
from pipeline.evaluation.unseen import draw_some, holdout_accuracy, read_unseen
from pipeline.listen.answer import Answer
from pipeline.listen.heard import Heard
from pipeline.listen.judge import Judge
from pipeline.listen.wording import describe
from pipeline.models.chance import COVERAGE
from pipeline.web.errors import RefusedError
from pipeline.web.uploads import read_excerpts, read_upload

blueprint = Blueprint("api", __name__, url_prefix="/api")

MOST_RECORDS = 100
LARGEST_SEED = 2**31 - 1
OPENAPI = files("pipeline.web") / "openapi.json"


@blueprint.post("/predict")
def predict() -> dict:
    """Answer for a song."""
    _, content = read_upload(request)
    judge, heard, answer = current_app.extensions["desk"].answer(content, read_excerpts(request))
    return tell(judge, heard, answer)


@blueprint.get("/holdout")
def holdout() -> dict:
    """Return some records of the holdout, drawn at random."""
    n = read_number("n", lowest=1, highest=MOST_RECORDS, default=5)
    seed = read_number("seed", lowest=0, highest=LARGEST_SEED, default=secrets.randbelow(1_000_000))
    desk = current_app.extensions["desk"]
    judge = desk.judge()
    champion = judge.champion
    unseen = read_unseen(judge.run, champion)
    return {
        "seed": seed,
        "model": _model(judge),
        "accuracy": holdout_accuracy(judge.run, champion),
        "records": [
            {
                **{name: row[name] for name in ("track_id", "artist", "title", "actual", "predicted")},
                "correct": bool(row["correct"]),
                "genres": _ranked(row["genres"], row["probabilities"]),
                "genre_set": row["genre_set"],
            }
            for row in draw_some(unseen, n, seed).to_dict("records")
        ],
    }


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """Return the description of this interface."""
    return Response(OPENAPI.read_bytes(), mimetype="application/json")


def read_number(name: str, *, lowest: int, highest: int, default: int) -> int:
    """Return a whole number of the query.

    Raises
    ------
    RefusedError
        400 where it is given twice, is no whole number, or out of range
    """
    given = request.args.getlist(name)
    if not given:
        return default
    if len(given) > 1 or not re.fullmatch(r"[0-9]{1,10}", given[0]) or not lowest <= int(given[0]) <= highest:
        raise RefusedError(400, "bad_number", f"{name} must be one whole number from {lowest} to {highest}.")
    return int(given[0])


def tell(judge: Judge, heard: Heard, answer: Answer) -> dict:
    """Return an answer as plain values."""
    return {
        "genre": answer.genre,
        "sentence": describe(answer),
        "calibrated": answer.calibrated,
        "by_segments": answer.by_segments,
        "genres": _ranked(answer.genres, answer.probabilities),
        "genre_set": {
            "genres": list(answer.genre_set),
            "coverage": COVERAGE if answer.genre_set else None,
            "not_promised": list(answer.unpromised),
        },
        "segments": [
            {
                "start_s": segment.start_s,
                "end_s": segment.end_s,
                "genre": segment.genre,
                "genres": _ranked(answer.genres, segment.probabilities),
            }
            for segment in answer.segments
        ],
        "neighbours": [vars(neighbour) for neighbour in answer.neighbours],
        "unusual": [vars(unusual) for unusual in answer.unusual],
        "tags": [vars(tag) for tag in answer.tags],
        "why": {
            "genre": answer.genre,
            "rather_than": answer.second,
            "evidence": [vars(each) for each in answer.evidence],
        },
        "novelty": {
            "unlike_training_music": answer.is_novel,
            "in_training_music": answer.is_known,
            "distance": answer.distance,
            "limit": answer.limit if answer.limit < float("inf") else None,
            "noticed_of_unknown_genres": _known(judge.unlike.noticed) if judge.unlike else None,
        },
        "audio": {
            "duration_s": heard.duration_s,
            "heard_s": heard.heard_s,
            "excerpts": [{"start_s": start_s, "end_s": end_s} for start_s, end_s in heard.excerpts.tolist()],
            "sample_rate_hz": heard.sample_rate_hz,
            "channels": heard.channels,
        },
        "model": _model(judge),
    }


def _known(share: float) -> float | None:
    return None if math.isnan(share) else share


def _ranked(genres, probabilities) -> list[dict]:
    pairs = sorted(zip(genres, map(float, probabilities), strict=True), key=lambda pair: -pair[1])
    return [{"genre": genre, "probability": probability} for genre, probability in pairs]


def _model(judge: Judge) -> dict:
    champion = judge.champion
    return {
        "run_id": judge.run.run_id,
        "dataset": judge.run.dataset,
        "synthetic": is_synthetic(judge.run.database, judge.run.dataset),
        "name": champion.name,
        "feature_set": champion.feature_set,
        "window_s": champion.window_s,
    }
