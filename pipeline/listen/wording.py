"""The answer in words."""

import math
import re

from pipeline.evaluation.interval import TOO_FEW
from pipeline.listen.answer import Answer

CLEAR, CLOSE = 0.5, 0.1
"""A vote from `CLEAR` on is a majority; two votes nearer than `CLOSE` are a tie to speak of."""

BASES = {
    "chroma_stft": "pitch-class strength",
    "rms": "loudness (RMS)",
    "spectral_centroid": "brightness (spectral centroid)",
    "spectral_bandwidth": "width of the spectrum",
    "rolloff": "where the treble ends (roll-off)",
    "zero_crossing_rate": "noisiness (zero crossings)",
    "harmony": "harmonic part",
    "perceptr": "percussive part",
    "tonnetz": "tonal centre (tonnetz)",
}
STATISTICS = {"mean": "mean", "var": "variance", "std": "deviation", "min": "minimum", "max": "maximum"}


def describe(answer: Answer) -> str:
    """Say in one sentence which genre it is and how sure the model is."""
    (first, most), *others = answer.ranking
    second, less = others[0] if others else ("", 0.0)
    if answer.is_novel:
        return f"The nearest guess is {first}, with {percent(most)} of the vote."
    if others and most - less < CLOSE:
        return f"Between {first} and {second}: {percent(most)} of the vote against {percent(less)}."
    if most >= CLEAR:
        return f"This sounds like {first}, with {percent(most)} of the vote."
    return f"Most like {first}, but not surely: it has {percent(most)} of the vote, {second} {percent(less)}."


def interval(low: float | None, high: float | None) -> str:
    """Name a 95 % interval of a share, or say why there is none."""
    if low is None or high is None or math.isnan(low) or math.isnan(high):
        return TOO_FEW
    return f"95 % interval {percent(low)} to {percent(high)}"


def percent(share: float | None) -> str:
    """Return a share as a whole percentage, a missing one as a dash."""
    return "–" if share is None or math.isnan(share) else f"{100 * share:.0f}\N{NO-BREAK SPACE}%"


def number(value: float) -> str:
    """Return a value of any size in three digits, and in words' notation where that is readable."""
    if value == 0 or 1e-4 <= abs(value) < 1e7:
        digits = 0 if value == 0 else max(0, 2 - math.floor(math.log10(abs(value))))
        return f"{round(value, digits):,.{digits}f}"
    mantissa, _, exponent = f"{value:.2e}".partition("e")
    return f"{mantissa} × 10^{int(exponent)}"


def name_feature(feature: str) -> str:
    """Return words for a feature's name, e.g. ``brightness (spectral centroid), mean``."""
    base, _, statistic = feature.rpartition("_")
    if statistic not in STATISTICS:
        base, statistic = feature, ""
    coefficient = re.fullmatch(r"mfcc(\d+)", base)
    if coefficient:
        words = f"timbre (MFCC {coefficient[1]})"
    else:
        words = BASES.get(base, base.replace("_", " "))
        words = "tempo, beats a minute" if words == "tempo" else words
    return f"{words}, {STATISTICS[statistic]}" if statistic else words
