"""A picture of what one track of each genre sounds like."""

import librosa
import librosa.display
import numpy as np
from matplotlib.figure import Figure

from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.report.theme import genre_palette, new_figure

WAVE_COLUMNS = 1500


def _envelope(y: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return where each of some 1,500 stretches begins [s], its lowest and its highest sample.

    A picture has no more columns; librosa's `waveshow` draws the whole figure anew twice for each waveform in it.
    """
    starts = np.arange(0, len(y), -(-len(y) // WAVE_COLUMNS))
    return starts / SAMPLE_RATE_HZ, np.minimum.reduceat(y, starts), np.maximum.reduceat(y, starts)


def draw_listening(examples: dict[str, np.ndarray]) -> Figure:
    """Draw the waveform and the mel spectrogram of one track a genre.

    Parameters
    ----------
    examples : dict of np.ndarray [shape=(n,)]
        by genre; mono, 22 050 Hz
    """
    palette = genre_palette(list(examples))
    figure, axes = new_figure(len(examples), 2, width=11, height=1.5 * len(examples), squeeze=False, sharex=True)
    for (genre, y), (wave, mel) in zip(examples.items(), axes, strict=True):
        seconds, low, high = _envelope(y)
        wave.fill_between(seconds, low, high, color=palette[genre], linewidth=0.5)
        power = librosa.feature.melspectrogram(y=y, sr=SAMPLE_RATE_HZ)
        decibel = librosa.power_to_db(power, ref=np.max)
        image = librosa.display.specshow(
            decibel, sr=SAMPLE_RATE_HZ, x_axis="time", y_axis="mel", ax=mel, cmap="magma", vmin=-80, vmax=0
        )
        wave.set(ylabel=genre, ylim=(-1, 1), xlabel="")
        mel.set(xlabel="", ylabel="Hz")
    axes[0, 0].set_title("Waveform (full scale = 1)")
    axes[0, 1].set_title("Mel spectrogram")
    for bottom in axes[-1]:
        bottom.set_xlabel("time [s]")
    figure.colorbar(image, ax=axes[:, 1], format="%+.0f dB", shrink=0.5)
    return figure
