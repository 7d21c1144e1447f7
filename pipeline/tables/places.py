"""Tables of where music is from, as models tell it: `genrelab regions`."""

from pipeline.tables.columns import FEATURE_SET, OF_A_TRACK, RUN, TRACK, WINDOW, in_words, key, one_of, optional
from pipeline.tables.declaration import INTEGER, NUMBER, STRING, Column, Table

SPLIT = one_of(
    "split_policy",
    {
        "random": "ten folds of shuffled tracks, as published",
        "track": "ten folds, all tracks of a recording in one",
        "artist": "ten folds, all tracks of an artist in one",
        "country": "one country after the other left out",
    },
)
MODEL = one_of(
    "model",
    {
        "mean_place": "the mean of all places, whatever the music",
        "median_place": "the place from which all are the nearest, whatever the music",
        "knn": "the mean place of the nearest neighbours",
        "knn_median": "the place with the least expected error by these",
        "forest": "a forest that regresses the place",
        "forest_median": "the place with the least expected error by its leaves",
        "country": "the centre of the likeliest country by a logistic regression",
        "country_median": "the place with the least expected error by the chances of all countries",
        "mixture": "the same by neighbours, forest and countries together",
    },
)
MODEL_NAME = in_words(MODEL, "place_model")

MEASURE = one_of(
    "measure",
    {
        "mean_error_km": "mean great-circle distance from the answer to where the track is from",
        "median_error_km": "the distance that half of the answers keep within",
        "within_500_km": "share of the answers that are at most 500 km off",
        "within_1000_km": "the same of 1000 km",
        "within_2000_km": "the same of 2000 km",
        "gain_km": "how much less the mean error is than that of median_place; of other models than baselines",
    },
)
MEASURE_NAME = in_words(MEASURE, "place_measure")

PLACES = Table(
    "places",
    "track × split policy: where it is from, and where the mixture of models says that it is from",
    (
        *RUN,
        TRACK,
        MODEL,
        MODEL_NAME,
        FEATURE_SET,
        WINDOW,
        SPLIT,
        optional("country", STRING, "where it is from, where that is known", geographic="country"),
        Column("latitude", NUMBER, "degrees north", unit="°", minimum=-90, geographic="latitude"),
        Column("longitude", NUMBER, "degrees east", unit="°", minimum=-180, geographic="longitude"),
        Column("predicted_latitude", NUMBER, "of the answer", unit="°", minimum=-90, geographic="latitude"),
        Column("predicted_longitude", NUMBER, "of the answer", unit="°", minimum=-180, geographic="longitude"),
        Column("error_km", NUMBER, "great-circle distance between the two", unit="km", minimum=0),
    ),
    key=key("track_id", "split_policy"),
    references=OF_A_TRACK,
    collection="results",
)

PLACE_SCORES = Table(
    "place_scores",
    "model × split policy × measure of where music is from",
    (
        *RUN,
        MODEL,
        MODEL_NAME,
        FEATURE_SET,
        WINDOW,
        SPLIT,
        MEASURE,
        MEASURE_NAME,
        Column("value", NUMBER, "its value, km or a fraction"),
        optional("ci_low", NUMBER, "lower end of its 95 % interval, over what is kept whole; empty of too few"),
        optional("ci_high", NUMBER, "upper end of the interval"),
        Column("n", INTEGER, "tracks", unit="tracks"),
    ),
    key=key("model", "split_policy", "measure"),
    collection="results",
)
