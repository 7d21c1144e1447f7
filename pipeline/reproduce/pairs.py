"""Four pairs of genres as binary problems, on what music of these genres there is."""

from pipeline.evaluation import Samples
from pipeline.evaluation.pairs import split_pair
from pipeline.reproduce import gtzan
from pipeline.reproduce.bench import Bench
from pipeline.reproduce.beside import Reproduced
from pipeline.reproduce.protocols import honest_scores
from pipeline.reproduce.published import read_published
from pipeline.reproduce.windows import bring_demo, bring_fma
from pipeline.reproduce.words import leak

MODEL = "logistic_regression"


def of_gtzan(bench: Bench) -> list[Reproduced]:
    """Reproduce the pairs that GTZAN has, on its public table."""
    samples = bench.bring_table("gtzan", bench.data / gtzan.TABLE, bench.data / gtzan.METADATA)
    return tell_apart(samples, "artist", bench)


def of_fma(bench: Bench) -> list[Reproduced]:
    """Reproduce the pairs on the published music, on its 3-second rows."""
    return tell_apart(bring_fma(bench)[-1], "track", bench)


def of_demo(bench: Bench) -> list[Reproduced]:
    """Reproduce the pairs that the demo corpus has, on its 3-second rows, as published."""
    return tell_apart(bring_demo(bench)[-1], "track", bench)


def tell_apart(samples: Samples, policy: str, bench: Bench) -> list[Reproduced]:
    """Score each published pair on the means, with rows shuffled and with whole tracks or artists on one side."""
    return [_of_pair(name, samples.means(), policy, bench) for name in read_published("pairs")["rows"]]


def _of_pair(name: str, samples: Samples, policy: str, bench: Bench) -> Reproduced:
    pair = split_pair(name, samples.genres)
    if pair is None:
        here = ", ".join(samples.genres)
        return Reproduced(name, MODEL, why=f"not computed: not both of these genres are among {here}")
    binary = samples.pair(*pair)
    shuffled, ours = (honest_scores(binary, [MODEL], way, bench).loc[(MODEL, "test")] for way in ("random", policy))
    gap = leak(shuffled["honest"], ours, f"the {policy}", f"other rows of the same {policy} are in training")
    return Reproduced(name, MODEL, same_way=shuffled["honest"], **ours, why=gap)
