"""What a file's name tells: its track, its segment, and which other spellings mean the same file."""

import itertools
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.names import AUDIO_SUFFIXES, matching_key, matching_paths, stem, track_and_segment

suffixes = st.sampled_from(sorted(AUDIO_SUFFIXES)).flatmap(lambda suffix: st.sampled_from([suffix, suffix.upper()]))
words = st.text(st.characters(categories=["L", "Nd"], include_characters=" _'&()"), min_size=1, max_size=12).filter(
    lambda word: word == word.strip()
)
segments = st.integers(0, 9999)


@given(words, st.integers(0, 99999), segments, suffixes)
def test_a_second_number_after_a_dot_is_the_segment_as_in_gtzan(word, number, segment, suffix):
    assert track_and_segment(f"{word}.{number:05}.{segment}{suffix}") == (
        unicodedata.normalize("NFC", f"{word}.{number:05}"),
        segment,
    )


@given(words, st.integers(0, 99999), suffixes)
def test_one_number_after_a_dot_is_part_of_the_track(word, number, suffix):
    track, segment = track_and_segment(f"{word}.{number:05}{suffix}")
    assert (track, segment) == (unicodedata.normalize("NFC", f"{word}.{number:05}"), None)


@given(words, segments, suffixes)
def test_the_word_segment_before_a_number_names_the_segment(word, segment, suffix):
    assert track_and_segment(f"{word}_segment_{segment}{suffix}") == (unicodedata.normalize("NFC", word), segment)


@given(st.integers(0, 999), st.integers(0, 999_999), suffixes)
def test_a_number_and_a_hyphen_before_a_padded_track_number_are_the_segment_as_in_fma(segment, track, suffix):
    assert track_and_segment(f"{segment}-{track:06}{suffix}") == (f"{track:06}", segment)


@given(words, words, words)
def test_files_of_one_name_in_two_folders_are_two_tracks(folder, other, name):
    same = unicodedata.normalize("NFC", folder) == unicodedata.normalize("NFC", other)
    tracks = {track_and_segment(f"{place}/{name}.wav")[0] for place in (folder, other)}
    assert len(tracks) == (1 if same else 2)


@given(words, words, suffixes)
def test_a_backslash_parts_folders_as_a_slash_does(folder, name, suffix):
    assert track_and_segment(f"{folder}\\{name}{suffix}") == track_and_segment(f"{folder}/{name}{suffix}")


@pytest.mark.parametrize("name", ["7 Seconds", "track", "4-33", "1999-2", "segment_3", "Op. 27", "2.10", "", "  "])
def test_a_name_without_a_known_pattern_is_the_track_itself(name):
    assert track_and_segment(name) == (name.strip(), None)


def test_only_audio_extensions_are_taken_off():
    assert [stem(name) for name in ("a/b.WAV", "b.v2", "blues.00001", "b.tar.mp3")] == [
        "b",
        "b.v2",
        "blues.00001",
        "b.tar",
    ]


@given(words, words, suffixes)
def test_folder_extension_case_blanks_and_the_form_of_accents_do_not_matter_to_a_match(folder, word, suffix):
    lowered = word.lower()  # upper case may lose letters, as ß does
    spellings = {
        lowered,
        f"  {lowered}{suffix}\t",
        f"{folder}/{lowered}{suffix}",
        unicodedata.normalize("NFD", lowered),
        lowered.upper() if lowered.isascii() else lowered,
    }
    assert len({matching_key(spelling) for spelling in spellings}) == 1


@given(st.integers(0, 10**9), st.integers(0, 12), st.integers(0, 12))
def test_leading_zeros_of_a_number_do_not_matter_to_a_match(number, zeros, other_zeros):
    assert matching_key("0" * zeros + str(number)) == matching_key("0" * other_zeros + f"{number}.mp3") == str(number)


def test_a_number_too_long_for_an_int_is_a_name_like_any_other():
    assert matching_key("0" + "7" * 6000) == "7" * 6000


def test_a_path_matches_by_its_ends_the_longest_first():
    assert matching_paths("Genres/Rock/007.WAV") == ["genres/rock/7", "rock/7", "7"]
    assert matching_paths("7.mp3") == ["7"]


odd_names = st.text(
    st.characters(exclude_categories=[]) | st.sampled_from("/\\.\n\"'\0 _-0123456789١²"), max_size=30
) | st.builds(
    "".join, st.lists(st.sampled_from(["/", "..", ".", "\ud800", "\n", '"', "'", "a", "0", ".wav", "_segment_", "é"]))
)


@given(odd_names, st.sampled_from(["", ".wav", ".MP3", ".1", ".00001.2.wav", "_segment_3"]))
def test_any_name_at_all_has_a_track_a_segment_or_none_and_keys_to_match_by(name, end):
    track, segment = track_and_segment(name + end)
    assert segment is None or segment >= 0
    assert "\\" not in track
    assert not track.startswith("/")
    assert unicodedata.is_normalized("NFC", track)
    keys = matching_paths(name + end)
    assert keys[-1] == matching_key(name + end)
    assert len(keys) == len(set(keys))
    assert all(longer.endswith(f"/{shorter}") for longer, shorter in itertools.pairwise(keys))
