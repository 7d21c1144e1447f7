"""Features in words: of our sets each has its own and is explained; a table's are named as they are."""

import pytest

from pipeline.features import FEATURE_SETS
from pipeline.features.words import COMPARATIVES, compare_feature, explain_feature, name_feature, name_group

COLUMNS = sorted({column for known in FEATURE_SETS.values() for column in known.columns})


@pytest.mark.parametrize(
    ("feature", "words"),
    [
        ("spectral_centroid_mean", "brightness (spectral centroid), mean"),
        ("mfcc12_var", "timbre (MFCC 12), variance"),
        ("tempo", "tempo, beats a minute"),
        ("estimated_energy", "estimated energy"),
        ("mfcc2_mfcc5_cov", "timbre (MFCC 2 with MFCC 5), covariance"),
        ("mel17_max", "mel band 17, maximum"),
        ("mood_of_day", "mood of day"),
    ],
)
def test_a_feature_has_words(feature, words):
    assert name_feature(feature) == words


def test_every_feature_of_every_set_has_words_of_its_own_and_is_explained():
    assert len({name_feature(column) for column in COLUMNS}) == len(COLUMNS)
    assert [column for column in COLUMNS if not explain_feature(column)] == []


def test_a_feature_that_is_none_of_ours_is_not_explained():
    assert explain_feature("mood_of_day_mean") == ""


@pytest.mark.parametrize(
    ("feature", "group"),
    [
        ("mfcc20_var", "timbre"),
        ("chroma_stft_mean", "which notes sound"),
        ("tempo", "tempo"),
        ("tag_female_vocalists", "“female vocalists”"),
        ("musicnn_17", "what the network hears"),
        ("spectral_centroid_mean", "brightness"),
    ],
)
def test_a_feature_has_a_name_that_a_listener_knows(feature, group):
    assert name_group(feature) == group


def test_a_tag_is_named_as_one():
    assert name_feature("tag_hip_hop") == "how much the tag “hip hop” applies"


def test_what_is_compared_in_words_has_two_ways_and_timbre_has_none():
    assert compare_feature("estimated_tempo_bpm", more=True) == compare_feature("tempo", more=True) == "faster"
    assert (
        compare_feature("tag_female_vocals", more=False)
        == "less like \N{LEFT DOUBLE QUOTATION MARK}female vocals\N{RIGHT DOUBLE QUOTATION MARK}"
    )
    assert compare_feature("mfcc3_mean", more=True) == ""
    assert all(more and less and more != less for more, less in COMPARATIVES.values())
