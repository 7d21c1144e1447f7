"""Tables of two-level labels: genres, and the styles below them."""

from pipeline.tables.columns import CI, FRACTION, GENRE, RUN, genre, key, one_of, optional
from pipeline.tables.declaration import INTEGER, NUMBER, STRING, Column, Table

STYLE = Column("style", STRING, "what it is below its genre", prefix="style-")
_N = Column("n", INTEGER, "distinct tracks", unit="tracks")
_GROUPS = Column("n_groups", INTEGER, "artists, or where these are not kept whole, tracks with their copies")

STYLES = Table(
    "styles",
    "style below a genre: how well it is told, out of fold",
    (
        *RUN,
        GENRE,
        STYLE,
        Column("exact", NUMBER, "share of its tracks whose style is named rightly by back_off", unit=FRACTION),
        *CI,
        Column("genre_right", NUMBER, "share whose genre is named rightly", unit=FRACTION),
        Column("style_named", NUMBER, "share for which a style is named at all", unit=FRACTION),
        Column("exact_flat", NUMBER, "share whose style the model of styles alone names rightly", unit=FRACTION),
        optional(
            "least_share",
            NUMBER,
            "the least share of the votes for its genre's styles with which it is in a set; empty where too few tell",
            unit=FRACTION,
        ),
        _N,
        _GROUPS,
    ),
    key=key("style"),
    collection="results",
)

STYLE_ANSWERS = Table(
    "style_answers",
    "style × what back_off answers to its tracks",
    (
        *RUN,
        GENRE,
        STYLE,
        genre("answered_genre", "the genre that is named"),
        Column("answered_style", STRING, "the style that is named; `(genre only)` where it is unsure", prefix="style-"),
        Column("n", INTEGER, "answers; of few tracks each has three"),
        Column("share_of_style", NUMBER, "n, of all answers to tracks of this style", unit=FRACTION),
    ),
    key=key("style", "answered_genre", "answered_style"),
    collection="results",
)

STYLE_SCORES = Table(
    "style_scores",
    "way to answer with genre and style × measure, out of fold",
    (
        *RUN,
        one_of(
            "way",
            {
                "back_off": "the model of genres, and a style by that of styles where it is sure",
                "top_down": "the same, with a style in any case",
                "styles": "the model of styles alone, which names the genre by the style",
                "commonest_style": "the model of genres, and the commonest style of the genre",
                "genres": "the model of genres alone",
            },
        ),
        one_of(
            "measure",
            {
                "exact": "share of tracks whose style is named rightly",
                "genre_right": "share whose genre is named rightly",
                "style_named": "share for which a style is named",
                "right_where_named": "share of the named styles that are right",
                "hierarchical_precision": "share of named labels, of both levels, that are right",
                "hierarchical_recall": "share of the right labels, of both levels, that are named",
                "hierarchical_f1": "harmonic mean of the two",
                "set_holds": "share of sets below a genre named rightly that hold the style; promised are nine in ten",
            },
        ),
        Column("value", NUMBER, "its value", unit=FRACTION),
        *CI,
        optional("gain", NUMBER, "how much more hierarchical F1 back_off has than a way of one model", unit=FRACTION),
        optional("gain_low", NUMBER, "lower end of the 95 % interval of gain", unit=FRACTION),
        optional("gain_high", NUMBER, "upper end of that interval", unit=FRACTION),
        optional(
            "p_adjusted",
            NUMBER,
            "could chance make gain? By dealing answers anew between the two, artist by artist; Holm's method",
            unit=FRACTION,
        ),
        _N,
        _GROUPS,
    ),
    key=key("way", "measure"),
    collection="results",
)
