"""Tables of how good the champion is on parts of the music, such as a country's or a decade's."""

from pipeline.tables.columns import CI, FRACTION, RUN, key, optional
from pipeline.tables.declaration import BOOLEAN, INTEGER, NUMBER, STRING, Column, Table

_BY = Column("by", STRING, "what makes the subgroups: country, region, culture, decade, or what was asked for")


def _bounds(of: str, prefix: str) -> tuple[Column, Column]:
    """Declare the interval of a difference."""
    return (
        optional(f"{prefix}_low", NUMBER, f"lower end of the 95 % interval of {of}", unit=FRACTION),
        optional(f"{prefix}_high", NUMBER, "upper end of that interval", unit=FRACTION),
    )


SUBGROUPS = Table(
    "subgroups",
    "subgroup of the tracks to learn from, by their metadata",
    (
        *RUN,
        _BY,
        Column("subgroup", STRING, "its value there; those of few tracks are one", prefix="group-"),
        Column("accuracy", NUMBER, "the champion's, of whole tracks, out of fold", unit=FRACTION),
        *CI,
        Column("accuracy_rest", NUMBER, "of all other tracks whose value is known", unit=FRACTION),
        Column("difference", NUMBER, "accuracy minus accuracy_rest", unit=FRACTION),
        *_bounds("difference", "difference"),
        optional(
            "accuracy_same_genres",
            NUMBER,
            "of tracks of the same genres elsewhere, in the shares that they have here; empty where most genres are "
            "only here",
            unit=FRACTION,
        ),
        optional(
            "beyond_genres",
            NUMBER,
            "accuracy here minus accuracy_same_genres, of the genres that are also elsewhere",
            unit=FRACTION,
        ),
        *_bounds("beyond_genres", "beyond_genres"),
        optional(
            "q_value",
            NUMBER,
            "could chance make the difference? False-discovery rate over all subgroups (Benjamini and Hochberg), by "
            "dealing subgroups anew to whole artists or tracks; empty where tracks or artists are too few",
            unit=FRACTION,
        ),
        Column("is_worse", BOOLEAN, "q_value below 0.05, and the interval of difference below 0"),
        Column("n", INTEGER, "distinct tracks", unit="tracks"),
        Column("n_groups", INTEGER, "artists, or where these are not kept whole, tracks with their copies"),
    ),
    key=key("by", "subgroup"),
    collection="results",
)

SUBGROUP_TRANSFERS = Table(
    "subgroup_transfers",
    "subgroup that the champion's kind of model learned from × subgroup that it is tested on: `genrelab transfer --by`",
    (
        *RUN,
        _BY,
        Column("trained_subgroup", STRING, "the subgroup; `all others`: all but the tested one", prefix="group-"),
        Column("tested_subgroup", STRING, "the subgroup", prefix="group-"),
        Column("recall", NUMBER, "mean recall of the genres in common, of whole tracks", unit=FRACTION),
        *CI,
        Column("own_recall", NUMBER, "the same of a model of the tested subgroup alone, out of fold", unit=FRACTION),
        optional("own_ci_low", NUMBER, "lower end of the 95 % interval", unit=FRACTION),
        optional("own_ci_high", NUMBER, "upper end of the interval", unit=FRACTION),
        Column("n_genres", INTEGER, "genres in common", unit="genres"),
        Column("n_learned", INTEGER, "tracks that were learned from", unit="tracks"),
        Column("n", INTEGER, "tracks that were tested", unit="tracks"),
    ),
    key=key("by", "trained_subgroup", "tested_subgroup"),
    collection="results",
)

SUBGROUP_GAPS = Table(
    "subgroup_gaps",
    "what makes subgroups: the best and the worst of them",
    (
        *RUN,
        _BY,
        Column("best", STRING, "the subgroup of the highest accuracy", prefix="group-"),
        Column("worst", STRING, "the subgroup of the lowest accuracy", prefix="group-"),
        Column("accuracy_best", NUMBER, "of whole tracks, out of fold", unit=FRACTION),
        Column("accuracy_worst", NUMBER, "of whole tracks, out of fold", unit=FRACTION),
        Column("gap", NUMBER, "between the two; as they are the extremes, chance makes one too", unit=FRACTION),
        *_bounds("the true gap, over all pairs of subgroups together", "ci"),
        Column("gap_by_chance", NUMBER, "the mean gap where subgroups are dealt anew to artists", unit=FRACTION),
        Column("p_adjusted", NUMBER, "could chance make the gap? By the same deals, Holm's method", unit=FRACTION),
        Column("n_subgroups", INTEGER, "subgroups that have enough tracks", unit="subgroups"),
        Column("n", INTEGER, "tracks whose value is known", unit="tracks"),
    ),
    key=key("by"),
    collection="results",
)
