"""What is answered about one song."""

from dataclasses import dataclass

import numpy as np

from pipeline.predict.classifier import Label


@dataclass(frozen=True)
class Segment:
    """What one stretch of the song sounds like.

    Attributes
    ----------
    start_s, end_s : float
        in the clip that was heard
    probabilities : np.ndarray [shape=(n_genres,)]
        the vote of each genre, in the order of `Answer.genres`
    genre : str
        the genre that got most
    """

    start_s: float
    end_s: float
    probabilities: np.ndarray
    genre: str


@dataclass(frozen=True)
class Neighbour:
    """A track of the dataset that sounds alike.

    Attributes
    ----------
    distance : float
        standard deviations a feature, in the quadratic mean over all features
    """

    track_id: str
    genre: str
    artist: str | None
    title: str | None
    distance: float


@dataclass(frozen=True)
class Unusual:
    """A feature whose value nine of ten tracks of the genre stay clear of.

    Attributes
    ----------
    value : float
        the song's
    low, median, high : float
        5th, 50th and 95th percentile of the genre's tracks
    n_tracks : int
        of them
    deviations : float
        how far the value lies from the genre's median, in standard deviations over all tracks; negative where below
    """

    feature: str
    value: float
    low: float
    median: float
    high: float
    n_tracks: int
    deviations: float


@dataclass(frozen=True)
class Tag:
    """A word that listeners gave music like this.

    Attributes
    ----------
    activation : float
        how much it applies by the network that learned it, 0 to 1
    """

    tag: str
    activation: float


@dataclass(frozen=True)
class Evidence:
    """How far what the song has of some features speaks for its genre rather than for the second.

    Attributes
    ----------
    about : str
        what these features are about, in a listener's words
    features : tuple of str
    weight : float
        by how much the logarithm of the odds of the two genres falls where these features are those of other tracks;
        negative where they speak for the second
    value, usual : float or None
        the song's, and the median over all tracks; of a single feature only
    """

    about: str
    features: tuple[str, ...]
    weight: float
    value: float | None
    usual: float | None


@dataclass(frozen=True, kw_only=True)
class Answer(Label):
    """The genre of a song, and what speaks for it.

    Attributes
    ----------
    segments : tuple of Segment
        empty where no model of segments is stored, or the song is shorter than one
    neighbours : tuple of Neighbour
        nearest first, by the features whose nearest tracks tell genres best
    unusual : tuple of Unusual
        most unusual first
    is_known : bool
        whether the champion learned from this very recording
    unpromised : tuple of str
        genres that the promise leaves out
    tags : tuple of Tag
        the strongest first; empty where the network is not installed
    evidence : tuple of Evidence
        what speaks for the genre rather than for the second, and what against it, the weightiest first; empty where a
        model can't be asked
    """

    segments: tuple[Segment, ...] = ()
    neighbours: tuple[Neighbour, ...] = ()
    unusual: tuple[Unusual, ...] = ()
    is_known: bool = False
    unpromised: tuple[str, ...] = ()
    tags: tuple[Tag, ...] = ()
    evidence: tuple[Evidence, ...] = ()
