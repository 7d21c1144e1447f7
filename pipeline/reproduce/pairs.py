"""Four pairs of genres as binary problems, on what music of these genres there is."""

from collections.abc import Sequence

from pipeline.evaluation import Samples, evaluate_pairs
from pipeline.evaluation.pairs import split_pair
from pipeline.reproduce import gtzan
from pipeline.reproduce.bench import Bench
from pipeline.reproduce.beside import Reproduced
from pipeline.reproduce.published import read_published
from pipeline.reproduce.windows import bring_demo
from pipeline.reproduce.words import leak

MODEL = "logistic_regression"


def of_gtzan(bench: Bench) -> list[Reproduced]:
    """Reproduce the pairs that GTZAN has, on its public table."""
    samples = bench.bring_table("gtzan", bench.data / gtzan.TABLE, bench.data / gtzan.METADATA)
    return tell_apart([samples], "artist", "the artist", bench)


def of_demo(bench: Bench) -> list[Reproduced]:
    """Reproduce the pairs that the demo corpus has, on 3-second rows as published."""
    return tell_apart(bring_demo(bench)[-1:], "track", "the track", bench)


def tell_apart(samples: Sequence[Samples], policy: str, what: str, bench: Bench) -> list[Reproduced]:
    """Score each published pair on the means, with rows shuffled and under an honest policy."""
    means, rows = [chosen.means_only() for chosen in samples], []
    genres = means[0].genres
    for name in read_published("pairs")["rows"]:
        pair = split_pair(name, genres)
        if pair is None:
            rows.append(Reproduced(name, MODEL, why=f"not computed: of these two genres one or both are not among {', '.join(genres)}"))
            continue
        shuffled, ours = (_scored(means, pair, way, bench) for way in ("random", policy))
        rows.append(
            Reproduced(name, MODEL, same_way=shuffled["accuracy"], same_low=shuffled["ci_low"],
                       same_high=shuffled["ci_high"], honest=ours["accuracy"], ci_low=ours["ci_low"],
                       ci_high=ours["ci_high"], honest_policy=policy,
                       why=leak(shuffled["accuracy"], ours["accuracy"], what, f"{what} is on both sides"))
        )  # fmt: skip
    return rows


def _scored(samples: Sequence[Samples], pair: tuple[str, str], policy: str, bench: Bench):
    scores = evaluate_pairs(samples, [pair], policy, repeats=bench.repeats, seed=bench.seed, jobs=bench.jobs)
    return scores[(scores["model"] == MODEL) & (scores["subset"] == "test")].iloc[0]
