"""Pieces of tracks, told by their names: many files or rows that share a stem and differ by a counter.

Conventions
-----------
One name proves nothing: ``blues.00000`` is the first track of a genre, ``blues.00000_0`` the first piece of a track.
The whole list tells. Pieces have several stems a label and several counters a stem; a stem's counters leave no gaps;
its pieces have one label; and either a word says so (``chunk``, ``segment``), or all are short and equally long, or all
stems have equally many.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise, takewhile
from math import gcd
from statistics import median

from pipeline.sources.names import folders_and_stem

SHORT_S = 15.0
"""Pieces are shorter than the clips that stand for whole tracks."""

MOST, NEARLY_ALL = 0.8, 0.9

_WORDS = (
    "aug|augmented|block|chunk|clip|crop|cut|excerpt|extract|fragment|frame|offset|part|patch|piece|pt|section|seg|"
    "segment|slice|snippet|split|start|teil|window"
)
"""What pieces are called; no words for sounds that are recorded one by one, like sample, loop or take."""

TRACK_WORDS = re.compile(r"(?:^|[\W_\d])(?:audiotrack|track|titel|title|song|piste|no|nr|op|vol|disc|cd)\W*$", re.I)

_GAP = r"[\s._\-#(\[]"
_SECONDS = r"(?:\.\d+)?s?"
_FORMS = {
    "range": re.compile(
        rf"(?P<stem>.*?)(?P<mark>{_GAP}+)(?P<counter>\d+){_SECONDS}(?:[-_]|[-_ ]?to[-_ ]?)(?P<end>\d+){_SECONDS}", re.I
    ),
    "after": re.compile(
        rf"(?P<stem>.*?)(?P<mark>(?:(?:^|{_GAP}+)(?:{_WORDS})s?)?{_GAP}*)(?P<counter>\d{{1,6}})[)\]]?", re.I
    ),
    "before": re.compile(
        rf"(?P<mark>(?:(?:{_WORDS})s?{_GAP}*)?(?=\d))(?P<counter>\d{{1,4}})[\s._\-]+(?P<stem>.+)", re.I
    ),
}
_WORD = re.compile(rf"(?:{_WORDS})", re.I)
_FOLDER_OF_PIECES = re.compile(rf"(?:{_WORDS})s?{_GAP}*\d+", re.I)


@dataclass(frozen=True)
class Piece:
    """Which piece of which track a name stands for; where not `sure`, it may as well be a track of its own."""

    stem: str
    counter: int
    sure: bool


@dataclass(frozen=True)
class _Read:
    """One way to read one name."""

    index: int
    stem: str
    counter: int
    end: int | None


def recognise_pieces(
    names: Sequence[str], labels: Sequence[str], seconds: Sequence[float | None] | None = None
) -> list[Piece | None]:
    """Tell which names are pieces of which track, by the evidence of the whole list.

    Pieces that are `sure` are segments of one track. Others with a common stem are tracks that no split should part.

    Parameters
    ----------
    names : sequence of str [shape=(n,)]
        of files, with the folders they lie in, or of rows
    labels : sequence of str [shape=(n,)]
        the genre of each
    seconds : sequence of float or None [shape=(n,)], or None
        how long each is, as far as that is known: equal lengths prove much, and different ones that names are no pieces

    Returns
    -------
    list of Piece or None [shape=(n,)]
        None: a track of its own

    Examples
    --------
    >>> names = [f"rock.{track:05d}_{piece}.wav" for track in range(3) for piece in range(10)]
    >>> recognise_pieces(names, ["rock"] * 30)[-1]
    Piece(stem='rock.00002', counter=9, sure=True)
    >>> recognise_pieces([f"rock.{track:05d}.wav" for track in range(30)], ["rock"] * 30)[-1] is None
    True
    """
    found: list[Piece | None] = [None] * len(names)
    for (_, mark), read in _by_shape(names).items():
        stems: dict[str, list[_Read]] = defaultdict(list)
        for one in read:
            stems[one.stem].append(one)
        verdict = _judge(list(stems.values()), len(read), mark, labels, seconds)
        if verdict is None:
            continue
        for one in read:
            before = found[one.index]
            if before is None or (verdict and not before.sure):
                found[one.index] = Piece(one.stem, one.counter, verdict)
    return found


def say_unsure(pieces: Sequence[Piece | None]) -> list[str]:
    """Say which names may be pieces of one track, or tracks of their own; a sentence, or none."""
    unsure = [piece.stem for piece in pieces if piece and not piece.sure]
    if not unsure:
        return []
    return [
        f"{len(unsure)} names differ from others by a counter alone ({unsure[0]!r} …): they may be pieces of "
        f"{len(set(unsure))} tracks, so no split parts those of one stem"
    ]


def _by_shape(names: Sequence[str]) -> dict[tuple[str, str], list[_Read]]:
    """Read each name in every form that fits; names of one form with the same mark were written by one program."""
    shapes: dict[tuple[str, str], list[_Read]] = defaultdict(list)
    parts = [_split(name) for name in names]
    tail = _common_tail([base for _, base in parts])
    for index, (folders, base) in enumerate(parts):
        matches = {
            form: match for form, pattern in _FORMS.items() if (match := pattern.fullmatch(base.removesuffix(tail)))
        }
        if any(_WORD.search(match["mark"]) for match in matches.values()):  # which says what number counts pieces
            matches = {form: match for form, match in matches.items() if _WORD.search(match["mark"])}
        fewest_digits = min((len(match["counter"]) for match in matches.values()), default=0)
        for form, match in matches.items():
            # 0-blues.00000: of two numbers, that of the piece is the shorter one
            is_longer = form != "range" and len(match["counter"]) > fewest_digits
            if is_longer or TRACK_WORDS.search(match["stem"]):
                continue
            stem = "/".join([*folders, match["stem"]] if match["stem"] else folders)
            end = int(match["end"]) if form == "range" else None
            if stem and (end is None or end > int(match["counter"])):
                bare = "" if match["stem"] else "/"  # a number alone, in a folder
                shapes[form, bare + match["mark"].casefold()].append(_Read(index, stem, int(match["counter"]), end))
    return shapes


def _split(name: str) -> tuple[list[str], str]:
    """Return the folders of a name and its stem; what a folder of pieces is called, ``seg3``, is read before it."""
    folders, base = folders_and_stem(name)
    if folders and _FOLDER_OF_PIECES.fullmatch(folders[-1]):
        return folders[:-1], f"{folders[-1]}_{base}"
    return folders, base


def _common_tail(bases: Sequence[str]) -> str:
    """Return what follows the last number of all names alike, ``_mel`` or ``of10``; nothing where it is not so."""
    backwards = [base[::-1] for base in bases]
    pairs = zip(min(backwards, default=""), max(backwards, default=""), strict=False)
    common = "".join(letter for letter, _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    tail = common[::-1].lstrip("0123456789")
    return tail if tail and all(base.removesuffix(tail)[-1:].isdigit() for base in bases) else ""


def _judge(
    stems: list[list[_Read]], n_names: int, mark: str, labels: Sequence[str], seconds: Sequence[float | None] | None
) -> bool | None:
    """Tell whether names of one shape are surely pieces (True), perhaps (False), or no pieces (None)."""
    stems = [stem for stem in stems if len({one.counter for one in stem}) > 1]
    if not stems or sum(map(len, stems)) < MOST * n_names:
        return None
    own_label = [Counter(labels[one.index] for one in stem).most_common(1)[0] for stem in stems]
    one_label = sum(n for _, n in own_label) / sum(map(len, stems))
    n_stems = median(Counter(label for label, _ in own_label).values())
    n_pieces = median(map(len, stems))
    if n_stems < 2 or one_label < NEARLY_ALL or n_pieces > 10 * n_stems:
        return None
    has_word = bool(_WORD.search(mark))
    if not has_word and sum(map(_has_no_gaps, stems)) < MOST * len(stems):
        return None
    spans = Counter(one.end - one.counter for stem in stems for one in stem if one.end is not None)
    if spans and max(spans.values()) < MOST * spans.total():
        return None
    in_order = [[one.index for one in sorted(stem, key=lambda one: one.counter)] for stem in stems]
    known = [[seconds[index] for index in stem] for stem in in_order] if seconds else []
    lengths = [length for stem in known for length in stem if length is not None]
    if len(lengths) >= MOST * sum(map(len, stems)):
        return _judge_lengths(known, lengths, has_word)
    if has_word:
        return True
    usual = Counter(map(len, stems)).most_common(1)[0][0]
    is_regular = sum(abs(len(stem) - usual) <= 1 for stem in stems) >= MOST * len(stems)
    is_numbered = sum(stem[0].stem[-1].isdigit() for stem in stems) >= MOST * len(stems)
    if is_regular and is_numbered and n_pieces >= 3:
        return True
    is_album = mark.startswith("/") and not is_regular  # as many numbered files in a folder as its album has tracks
    return False if n_stems >= 3 and n_pieces >= 3 and not is_album else None


def _judge_lengths(known: list[list[float | None]], lengths: list[float], has_word: bool) -> bool | None:
    """Judge by lengths, in seconds by stem: a cut leaves equal pieces, but for each track's last one."""
    usual = median(lengths)
    before_last = [length for stem in known for length in stem[:-1] if length is not None]
    are_equal = sum(abs(length - usual) <= 0.02 * usual for length in before_last) >= MOST * len(before_last)
    if usual <= SHORT_S and (are_equal or has_word):
        return True
    return False if are_equal or has_word else None


def _has_no_gaps(stem: list[_Read]) -> bool:
    """Tell whether a stem's counters go up from the start in equal steps, but for a few that are not there."""
    counters = sorted({one.counter for one in stem})
    step = reduce(gcd, (later - first for first, later in pairwise(counters)))
    return counters[0] <= step and len(counters) >= MOST * ((counters[-1] - counters[0]) // step + 1)
