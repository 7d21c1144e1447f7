"""The pages."""

import io
import secrets
from pathlib import Path

import pandas as pd
from flask import Blueprint, Response, abort, current_app, render_template, request, send_file

from pipeline.catalogue import excerpts_of, find_dataset
from pipeline.evaluation import Headline, headline, of_champion, ranking, say_gaps, say_styles, summarise
from pipeline.evaluation.notice import FALSE_ALARMS
from pipeline.evaluation.unseen import draw_some, find_unseen, holdout_accuracy, read_unseen, report_on
from pipeline.excerpts import ALL, MOST_SPREAD, SPREAD
from pipeline.features.means import base_set
from pipeline.listen.desk import Desk
from pipeline.listen.errors import SongError
from pipeline.listen.heard import LONGEST_S, MOST_CHANNELS
from pipeline.listen.judge import Judge
from pipeline.listen.library import OwnTrack, draw_unheard, has_sound, read_track
from pipeline.listen.wording import describe, say_noticed, say_set
from pipeline.models.chance import FEWEST_GROUPS
from pipeline.report.card import model_card
from pipeline.report.listening import wav
from pipeline.splits import POLICIES, find_policy, holdout_policy
from pipeline.web.api import read_number
from pipeline.web.charts import palette
from pipeline.web.errors import PROBLEMS, RefusedError, refusal_of
from pipeline.web.media import frequency_ticks, picture_uri, sound_uri
from pipeline.web.pictures import PICTURES, Pictures
from pipeline.web.uploads import FIELD, LARGEST_UPLOAD, WHICH, read_excerpts, read_upload

blueprint = Blueprint("pages", __name__)

N_SHOWN = 5
PAGE_ROWS = 100
LARGEST_SEED = 2**31 - 1


@blueprint.get("/")
def song() -> str:
    """Ask for a song."""
    return _form(_judge())


@blueprint.post("/")
def answer() -> str | tuple[str, int]:
    """Answer for a song; what is wrong with it is told above the form."""
    try:
        name, content = read_upload(request)
        return _answer(name, content, read_excerpts(request))
    except (RefusedError, SongError) as error:
        refusal = refusal_of(error)
        return _form(_judge(), refusal=refusal), refusal.status


@blueprint.get("/track")
def track() -> str:
    """Answer for a track of the dataset, as the run has heard it: an address that can be sent to others."""
    own = _own_track()
    known = find_dataset(_desk().database, _desk().dataset)
    return _answer(own.title or own.track_id, own.content, excerpts_of(known), own)


@blueprint.get("/track.wav")
def sound() -> Response:
    """Return what is heard of a track of the dataset."""
    file = io.BytesIO(wav(_desk().sound(_own_track().content)))
    return send_file(file, mimetype="audio/wav", conditional=True)


def _own_track() -> OwnTrack:
    own = read_track(_desk().database, _desk().dataset, request.args.get("id", ""))
    if own is None:
        raise RefusedError(404, "http_404", "There is no such track, or its file can't be read any more.")
    return own


def _answer(name: str, content: bytes, excerpts: str, own: OwnTrack | None = None) -> str:
    judge, heard, answered = _desk().answer(content, excerpts)
    return render_template(
        "answer.html",
        name=name,
        own=own,
        has_sound=_has_sound(),
        heard=heard,
        answer=answered,
        sentence=describe(answered),
        chance=judge.chance,
        genre_set=say_set(answered),
        fewest_groups=FEWEST_GROUPS,
        **_notices(judge),
        champion=judge.champion,
        segment_model=judge.segment_model,
        near_by=judge.near_by,
        accuracy=_holdout_accuracy(judge),
        headline=_headline(judge),
        spectrogram=picture_uri(heard.mel),
        ticks=frequency_ticks(len(heard.mel)),
        sound=sound_uri(heard.y),
        colours=palette(answered.genres),
        **_limits(),
    )


@blueprint.get("/unseen")
def unseen() -> str:
    """Show five records that the champion never learned from."""
    judge = _judge()
    rows = read_unseen(judge.run, judge.champion)
    seed = read_number("seed", lowest=0, highest=LARGEST_SEED, default=secrets.randbelow(1_000_000))
    some = draw_some(rows, N_SHOWN, seed)
    return render_template(
        "unseen.html",
        has_sound=_has_sound(),
        champion=judge.champion,
        rows=_records(some),
        report=_records(report_on(some)) if len(some) else [],
        n_right=int(some["correct"].sum()),
        n_all=len(rows),
        accuracy=_holdout_accuracy(judge),
        headline=_headline(judge),
        other_seed=secrets.randbelow(1_000_000),
        colours=palette(judge.champion.genres),
    )


@blueprint.get("/unseen/all")
def all_unseen() -> str:
    """List all of them, the wrong ones first."""
    judge = _judge()
    rows = read_unseen(judge.run, judge.champion)
    chosen = {name: request.args.get(name, "") for name in ("actual", "predicted", "answer", "words")}
    found = find_unseen(rows, **chosen)
    page = read_number("page", lowest=1, highest=10**6, default=1)
    n_pages = max(1, -(-len(found) // PAGE_ROWS))
    return render_template(
        "all_unseen.html",
        has_sound=_has_sound(),
        champion=judge.champion,
        rows=_records(found.iloc[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]),
        n_found=len(found),
        n_all=len(rows),
        n_wrong=int((~found["correct"].astype(bool)).sum()),
        chosen=chosen,
        page=page,
        n_pages=n_pages,
        genres=judge.champion.genres,
        accuracy=_holdout_accuracy(judge),
        headline=_headline(judge),
        colours=palette(judge.champion.genres),
    )


@blueprint.get("/results")
def results() -> str:
    """Show the tables and pictures of the champion's run."""
    judge = _judge()
    run, champion = judge.run, judge.champion
    scores = run.scores()
    summary = summarise(scores)
    main_set = summary[summary["feature_set"] == (run.main_feature_set or base_set(champion.feature_set))]
    board = of_champion(run.table("class_report", subset="holdout"), champion)
    held = scores.query("subset == 'holdout' and level == 'track' and metric == 'accuracy'")
    return render_template(
        "results.html",
        champion=champion,
        policies=POLICIES,
        kept_whole=find_policy(holdout_policy(champion.split)),
        segments=_comparison_rows(main_set, "segment"),
        tracks=_comparison_rows(main_set, "track"),
        ranked=_records(ranking(scores, champion.split).head(8)),
        held=_records(held.sort_values("value", ascending=False, kind="stable").head(8)),
        report=_records(board),
        accuracy=_holdout_accuracy(judge),
        headline=_headline(judge),
        pictures={name: PICTURES[name] for name in _pictures().drawable(run)},
        run=run.facts,
    )


@blueprint.get("/results/<name>.png")
def picture(name: str) -> Response:
    """Return a picture of the run."""
    if name not in PICTURES:
        abort(404)
    png = _pictures().png(name, _judge())
    if png is None:
        raise RefusedError(404, "http_404", "The last run has nothing to draw here.")
    return Response(png, mimetype="image/png", headers={"Cache-Control": "private, max-age=60"})


@blueprint.get("/about")
def about() -> str:
    """Tell of model, data, date, versions and limits."""
    judge, database = _judge(), _desk().database
    run, champion = judge.run, judge.champion
    facts = run.facts
    known = None if facts.get("imported") else find_dataset(database, run.dataset)
    ready = {"dataset": run.dataset, "status": "ready"}
    counts = database["tracks"].aggregate(
        [
            {"$match": ready},
            {
                "$group": {
                    "_id": "$genre",
                    "n": {"$sum": 1},
                    "held": {"$sum": {"$cond": [{"$eq": ["$holdout", True]}, 1, 0]}},
                }
            },
            {"$sort": {"_id": 1}},
        ]
    )
    return render_template(
        "about.html",
        judge=judge,
        champion=champion,
        known=known,
        excerpts=excerpts_of(known or {}),
        source=Path(known["location"]).name if known else "",
        genres=[count for count in counts if count["_id"] in champion.genres],
        run=facts,
        accuracy=_holdout_accuracy(judge),
        headline=_headline(judge),
        colours=palette(champion.genres),
        fewest_groups=FEWEST_GROUPS,
        gaps=say_gaps(judge.run.table("subgroup_gaps")),
        subgroups=_records(judge.run.table("subgroups")),
        below=say_styles(judge.run.table("style_scores")),
        styles=_records(judge.run.table("styles")),
        **_notices(judge),
        **_limits(),
    )


@blueprint.get("/about/card")
def card() -> Response:
    """Return the model card, as the Markdown that it is."""
    return Response(model_card(_judge().run), mimetype="text/plain")


@blueprint.get("/api")
def interface() -> str:
    """Document the interface for programs."""
    return render_template("api.html", problems=PROBLEMS, **_limits())


def _form(judge: Judge, refusal: RefusedError | None = None) -> str:
    return render_template(
        "song.html",
        sample=draw_unheard(_desk().database, _desk().dataset),
        champion=judge.champion,
        headline=_headline(judge),
        refusal=refusal,
        **_notices(judge),
        **_limits(),
    )


def _has_sound() -> bool:
    return has_sound(_desk().database, _desk().dataset)


def _limits() -> dict[str, object]:
    return {
        "field": FIELD,
        "largest_mb": LARGEST_UPLOAD // 2**20,
        "largest_bytes": LARGEST_UPLOAD,
        "longest_h": int(LONGEST_S[SPREAD] // 3600),
        "longest_min": int(LONGEST_S[ALL] // 60),
        "which": WHICH,
        "most_spread": MOST_SPREAD,
        "most_channels": MOST_CHANNELS,
    }


def _notices(judge: Judge) -> dict[str, object]:
    """Return how often the model's measure of what is unlike the training music is right, in words."""
    noticed = say_noticed(judge.unlike.noticed) if judge.unlike else ""
    return {"false_alarms": round(100 * FALSE_ALARMS), "noticed": noticed}


def _comparison_rows(summary: pd.DataFrame, level: str) -> dict[str, list]:
    """Return a level's part of the summary: its columns that hold anything, and its rows."""
    shown = summary[summary["level"] == level].drop(columns=["level", "feature_set"]).dropna(axis="columns", how="all")
    return {"columns": list(shown.columns), "rows": _records(shown.astype(object).where(shown.notna(), None))}


def _holdout_accuracy(judge: Judge) -> dict | None:
    return holdout_accuracy(judge.run, judge.champion)


def _headline(judge: Judge) -> Headline | None:
    return headline(judge.run)


def _records(rows: pd.DataFrame) -> list[dict]:
    return rows.to_dict("records")


def _desk() -> Desk:
    return current_app.extensions["desk"]


def _pictures() -> Pictures:
    return current_app.extensions["pictures"]


def _judge() -> Judge:
    return _desk().judge()
