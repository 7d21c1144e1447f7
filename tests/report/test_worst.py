"""The surest mistakes as players: the right sound under the right words, and nothing that a name could smuggle in."""

import base64
import io
import re
import wave

import pandas as pd

from pipeline.audio import decode
from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.report.show import PLAYED_S
from pipeline.report.worst import MOST_PLAYED, show_mistakes


def mistakes_of(songs, n: int) -> pd.DataFrame:
    tracks = songs.database["tracks"].find({"dataset": songs.dataset}).sort("track_id").limit(n)
    return pd.DataFrame(
        [{"track_id": each["track_id"], "actual": each["genre"], "predicted": "<b>polka</b>", "artist": each["artist"],
          "title": "<script>x</script>"} for each in tracks]
    )  # fmt: skip


def test_the_first_few_are_played_from_their_middle(songs):
    rows = mistakes_of(songs, MOST_PLAYED + 2)
    shown = show_mistakes(songs.run, rows)
    sounds = re.findall(r"data:audio/wav;base64,([A-Za-z0-9+/=]+)", shown.html)
    assert len(sounds) == MOST_PLAYED
    with wave.open(io.BytesIO(base64.b64decode(sounds[0]))) as sound:
        assert sound.getframerate() == SAMPLE_RATE_HZ
        assert sound.getnframes() == PLAYED_S * SAMPLE_RATE_HZ
        y = decode(songs.folder / songs.database["tracks"].find_one({"track_id": rows["track_id"][0]})["path"]).y
        first = round(float(y[len(y) // 2 - sound.getnframes() // 2]) * 32767)
        assert abs(int.from_bytes(sound.readframes(1), "little", signed=True) - first) <= 1
    assert "<script>" not in shown.html
    assert "<b>" not in shown.html
    assert f"({rows['track_id'][0]}): {rows['actual'][0]}, taken for" in shown.text


def test_without_mistakes_or_sound_it_says_so(songs, monkeypatch):
    assert "no mistake" in show_mistakes(songs.run, mistakes_of(songs, 1).head(0)).html
    monkeypatch.setattr("pipeline.report.worst.load_clips", lambda *_: {})
    assert "no sound" in show_mistakes(songs.run, mistakes_of(songs, 1)).html
