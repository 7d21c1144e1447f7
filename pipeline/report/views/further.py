"""Dashboards of what not every run has: genres' profiles, subgroups, places, other datasets, changes, new music."""

from pipeline.places import ANNOUNCED
from pipeline.report.views.description import Dashboard, Field, Mark, Sheet
from pipeline.report.views.fields import ACTUAL, GENRE, INTERVAL, MODEL, PREDICTED, REAL, bounds, interval, place

FURTHEST_KM = 6000
"""The end of a map's colours: hardly better than an answer that ignores the music."""

MOST_CONTRASTS = 15
MOST_FILES = 100
"""Of a genre, in the list of music without labels."""


def genre_profiles() -> Dashboard:
    """Describe what sets each genre apart, and which others overlap with it."""
    apart = Sheet(
        f"The {MOST_CONTRASTS} features that set the genre apart most: more of it to the right, less to the left",
        "genre_profile", Mark.DOT, (Field("feature_name", "Feature"),),
        (Field("cliffs_delta", "Cliff's delta", "mean", "number"),),
        interval=interval(form="number"),
        tooltip=(Field("q_value", "False-discovery rate", "mean", "number"), Field("n", "Tracks", "mean", "count")),
        where={"rank": tuple(str(rank) for rank in range(1, MOST_CONTRASTS + 1))}, choices=("run", "genre"),
        descending=True, domain=(-1, 1), width=0.55,
        nothing="03_explore was not run, or is of an earlier version.",
    )  # fmt: skip
    overlap = Sheet(
        "How far each other genre overlaps with it, in all features together", "genre_overlap", Mark.BAR,
        (Field("other_genre", "Other genre"),), (Field("overlap", "Overlap", "mean", "percent"),),
        tooltip=(Field("n_other", "Tracks", "mean", "count"),), choices=("run", "genre"), descending=True,
        domain=(0, 1), width=0.45, nothing="There are too few tracks to tell, or 03_explore was not run.",
    )  # fmt: skip
    return Dashboard(
        "Genre profiles",
        "What sets a genre apart, and which genres are alike?",
        "Take a track of the genre and one of another genre. Cliff's delta is how much more often the first has more "
        "of the feature than the second: 1 is always, 0 as often as not, -1 never. Lines across 0 may be chance. "
        "At an overlap of 50 %, a straight border tells the two genres apart for 75 % of tracks at best.",
        ((apart, overlap),),
    )


def other_music() -> Dashboard:
    """Describe what the models get on another dataset."""
    counts = (Field("n", "Tracks there", "mean", "count"), Field("n_genres", "Genres", "mean", "count"))
    at_home = Sheet(
        "On its own dataset: mean recall of the genres in common", "transfers", Mark.DOT, (MODEL,),
        (Field("own_recall", "Mean recall", "mean", "percent"),), interval=interval("own_"), where=REAL,
        tooltip=(Field("n_own", "Tracks", "mean", "count"),),
        choices=("run", "tested_on", "feature_set", "window"), domain=(0, 1),
        descending=True, width=0.5,
    )  # fmt: skip
    away = Sheet(
        "On the other dataset", "transfers", Mark.DOT, (MODEL,),
        (Field("recall", "Mean recall", "mean", "percent"),), interval=INTERVAL, where=REAL, tooltip=counts,
        choices=("run", "tested_on", "feature_set", "window"), domain=(0, 1),
        descending=True, width=0.5,
    )  # fmt: skip
    lost = Sheet(
        "How much of each genre the champion finds less there", "transfer_genres", Mark.DOT, (GENRE,),
        (Field("gap", "Points lost", "mean", "percent"),),
        interval=interval("gap_"),
        colour=GENRE, descending=True, choices=("run", "tested_on"), width=0.5,
    )  # fmt: skip
    named = Sheet(
        "What the champion calls the genres of the other dataset", "transfer_answers", Mark.HEAT, (ACTUAL,),
        (Field("share_of_actual", "Share of the actual genre", "mean", "percent"),), across=PREDICTED,
        beside=Field("n", "Tracks", "mean", "count"), choices=("run", "tested_on"), domain=(0, 1), width=0.5,
    )  # fmt: skip
    return Dashboard(
        "Other music",
        "How good are the models on another dataset than their own?",
        "All models learned from this run's dataset. Only genres that both datasets have are read, each counting "
        "alike, and no track by an artist that the models learned from, as far as artists are known.",
        ((at_home, away), (lost, named)),
    )


def played_differently() -> Dashboard:
    """Describe what becomes of the answers under harmless changes."""
    change = Field("change_name", "Change")
    says = Sheet(
        "What the run says of harmless changes", "findings", Mark.LIST, (Field("says", "What it says"),),
        where={"about": ("Played differently",)}, choices=("run",), nothing="Nothing: they were not tried.",
    )  # fmt: skip
    right = Sheet(
        "Named rightly with each change", "harmless_changes", Mark.DOT, (change,),
        (Field("accuracy", "Named rightly", "mean", "percent"),), interval=INTERVAL,
        tooltip=(Field("n", "Tracks", "mean", "count"),), choices=("run",), descending=True, domain=(0, 1), width=0.5,
    )  # fmt: skip
    flips = Sheet(
        "Answers that are others with each change", "harmless_changes", Mark.DOT, (change,),
        (Field("flip_rate", "Another answer", "mean", "percent"),),
        interval=interval("flip_"),
        tooltip=(Field("n", "Tracks", "mean", "count"),), choices=("run",), descending=True, domain=(0, 1), width=0.5,
    )  # fmt: skip
    genres = Sheet(
        "How much less of each genre is found", "harmless_change_genres", Mark.HEAT, (change,),
        (Field("drop", "Share of the genre that is lost", "mean", "percent"),), across=GENRE,
        tooltip=(Field("n_right", "Right as they are", "mean", "count"), Field("n_lost", "Lost", "mean", "count")),
        choices=("run",), domain=(0, 1),
    )  # fmt: skip
    return Dashboard(
        "Played differently",
        "Do the champion's answers stay where the music is the same, and only played differently?",
        "Harmless changes leave the genre as it is: quieter, brighter, a tempo 6 % off, a room, a telephone. Where "
        "they cost right answers, the model listens to something else too. Some changes nobody hears: what is lost by "
        "these was no music. harmless_change_genres.csv says which genre is hurt more than others, by a test.",
        ((says,), (right, flips), (genres,)),
    )


def subgroups(*, is_across: bool) -> Dashboard:
    """Describe on which parts of the music the champion is better or worse, and what it gets across them if tested."""
    right = Sheet(
        "Named rightly in each subgroup", "subgroups", Mark.DOT, (Field("subgroup", "Subgroup"),),
        (Field("accuracy", "Named rightly", "mean", "percent"),), interval=INTERVAL,
        tooltip=(
            Field("accuracy_rest", "All other tracks", "mean", "percent"),
            Field("accuracy_same_genres", "Same genres elsewhere", "mean", "percent"),
            Field("q_value", "False-discovery rate", "mean", "number"), Field("n", "Tracks", "mean", "count"),
        ),
        choices=("run", "by"), descending=True, domain=(0, 1), width=0.5,
    )  # fmt: skip
    beside = Sheet(
        "More (to the right) or less than all other tracks", "subgroups", Mark.DOT, (Field("subgroup", "Subgroup"),),
        (Field("difference", "Difference", "mean", "percent"),), interval=bounds("difference"),
        tooltip=(Field("n", "Tracks", "mean", "count"),), choices=("run", "by"), descending=True, width=0.5,
    )  # fmt: skip
    gaps = Sheet(
        "From the best to the worst subgroup, and what chance alone would make", "subgroup_gaps", Mark.LIST,
        (
            Field("by", "Subgroups by"), Field("best", "Best"), Field("worst", "Worst"),
            Field("gap", "Gap", form="percent"), Field("gap_by_chance", "Gap by chance", form="percent"),
            Field("p_adjusted", "p, adjusted", form="number"), Field("n", "Tracks", form="count"),
        ),
        choices=("run",), nothing="No column makes two subgroups of enough tracks.",
    )  # fmt: skip
    across = Sheet(
        "Learned from one subgroup, tested on another: mean recall of the genres in common", "subgroup_transfers",
        Mark.HEAT, (Field("trained_subgroup", "Learned from"),), (Field("recall", "Mean recall", "mean", "percent"),),
        across=Field("tested_subgroup", "Tested on"), beside=Field("n", "Tracks", "mean", "count"),
        tooltip=(Field("own_recall", "Of its own, out of fold", "mean", "percent"),), choices=("run", "by"),
        domain=(0, 1), nothing="Not tested by this column: genrelab transfer --by tests it.",
    )  # fmt: skip
    return Dashboard(
        "Subgroups",
        "On which part of the music is the champion worse?",
        "Each track is named by a model that has not learned from it. Lines are 95 % intervals; a difference whose "
        "line crosses 0 may be chance. Subgroups can differ because their genres do: subgroups.csv compares each with "
        "tracks of the same genres elsewhere.",
        ((right, beside), (gaps,), *([(across,)] if is_across else [])),
    )


def where_from() -> Dashboard:
    """Describe how near answers come to where music is from."""
    error = Field("error_km", "Mean error, km", "mean", "count")
    tracks = Field("track_id", "Tracks", "count", "count")
    chosen = ("run", "place_policy")
    off = Sheet(
        "How far off the answers are for music from each place: a dot is as large as there are tracks", "places",
        Mark.MAP, (), (error,), at=place(), beside=tracks,
        detail=(Field("country", "Country"), Field("latitude", "Degrees north"), Field("longitude", "Degrees east")),
        choices=chosen, domain=(0, FURTHEST_KM), width=0.5,
    )  # fmt: skip
    answers = Sheet(
        "Where answers for the music of one country lie: a dot is as large as there are answers", "places",
        Mark.MAP, (), (error,), at=place("predicted_"), beside=tracks,
        detail=(Field("predicted_latitude", "Degrees north"), Field("predicted_longitude", "Degrees east")),
        choices=(*chosen, "origin"), domain=(0, FURTHEST_KM), width=0.5,
    )  # fmt: skip
    counted = Field("n", "Tracks", "mean", "count")
    scores = Sheet(
        "Mean error of each model, km", "place_scores", Mark.DOT, (MODEL,),
        (Field("value", "Mean error, km", "mean", "count"),),
        interval=interval(form="count"), tooltip=(counted,), where={"measure": ("mean_error_km",)},
        choices=chosen, descending=True, width=0.55,
    )  # fmt: skip
    within = Sheet(
        "How many answers of the mixture are near", "place_scores", Mark.DOT, (Field("measure_name", "Near"),),
        (Field("value", "Share", "mean", "percent"),), interval=INTERVAL, tooltip=(counted,),
        where={"measure": ("within_500_km", "within_1000_km", "within_2000_km"), "model": (ANNOUNCED,)},
        choices=chosen, descending=True, domain=(0, 1), width=0.45,
    )  # fmt: skip
    return Dashboard(
        "Where from",
        "Can the sound tell where music is from, and how far off is that?",
        "genrelab regions asked several models; maps show the mixture of three. An error is the distance along the "
        "globe. With rows shuffled, a model may know the recording session; with a country left out, it has heard no "
        "music from there. Means of places and the place nearest to all ignore the music: no model is worth more than "
        "it is better than these.",
        ((off, answers), (scores, within)),
    )


def new_music() -> Dashboard:
    """Describe what genres music without labels was given, and how sure that is."""
    files = Field("path", "Files", "count", "count")
    found = Sheet(
        "Genres found", "new_music", Mark.BAR, (GENRE,), (files,), colour=GENRE, choices=("run",), descending=True,
        width=0.45,
    )  # fmt: skip
    unlike = Sheet(
        "Files unlike all training music: do not trust their genre", "new_music", Mark.BAR, (GENRE,), (files,),
        where={"unlike": ("True",)}, colour=GENRE, choices=("run",), descending=True,
        nothing="None is unlike all that the champion learned from.", width=0.45,
    )  # fmt: skip
    sure = Sheet(
        "How sure: files of each genre by the probability of their answer", "new_music", Mark.HEAT, (GENRE,), (files,),
        across=Field("sureness", "Probability"), choices=("run",), width=0.55,
    )  # fmt: skip
    listed = Sheet(
        f"The surest files of the chosen genre, {MOST_FILES} at most", "new_music", Mark.LIST,
        (
            Field("rank", "No.", form="count"), Field("artist", "Artist"), Field("title", "Title"),
            Field("path", "File"), GENRE, Field("probability", "Probability", form="percent"),
            Field("genre_set", "Set with a promise"), Field("second_genre", "Second genre"),
            Field("unlike", "Unlike training music"),
        ),
        where={"rank": tuple(str(rank) for rank in range(1, MOST_FILES + 1))}, choices=("run", "found"),
        nothing="No file was given this genre.",
    )  # fmt: skip
    return Dashboard(
        "New music",
        "What is the music that came without genres, and how sure is that?",
        "genrelab predict asked the champion. A probability is the chance of being right for music like the training "
        "music, where the champion is calibrated; new_music.csv says which are only votes. The set is made to hold the "
        "right genre for nine in ten tracks of each genre.",
        ((found, sure), (unlike,), (listed,)),
    )


def playlists() -> Dashboard:
    """Describe the playlists that a run keeps."""
    listed = Sheet(
        "Tracks in their order, each with the reason why it is there", "playlists", Mark.LIST,
        (
            Field("position", "No.", form="count"), Field("artist", "Artist"), Field("title", "Title"),
            Field("track_id", "Track"), GENRE, Field("distance", "Distance", form="number"), Field("reason", "Why"),
        ),
        choices=("run", "playlist"),
    )  # fmt: skip
    genres = Sheet(
        "How many tracks of the list are of each genre", "playlists", Mark.BAR, (GENRE,),
        (Field("track_id", "Tracks", "count", "count"),),
        colour=GENRE, choices=("run", "playlist"), descending=True, width=0.5,
    )  # fmt: skip
    artists = Sheet(
        "How many are by each artist", "playlists", Mark.BAR, (Field("artist", "Artist"),),
        (Field("track_id", "Tracks", "count", "count"),), choices=("run", "playlist"), descending=True, width=0.5,
    )  # fmt: skip
    return Dashboard(
        "Playlists",
        "Which tracks sound like what was asked for, and why?",
        "genrelab playlist --keep made them. A distance of 1 means that features differ by one standard deviation, in "
        "the quadratic mean.",
        ((listed,), (genres, artists)),
    )
