"""A recurrent model of frame sequences, as scikit-learn estimators whose rows are arrays of frames.

Their state is plain NumPy arrays, so that skops stores them; PyTorch is imported where a network is trained or asked.
"""

from collections.abc import Iterator
from types import ModuleType

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import gen_batches
from sklearn.utils.validation import check_array, check_consistent_length, check_is_fitted

from pipeline.errors import InputError
from pipeline.models.registry import ZooEntry, say_missing
from pipeline.random_streams import stream
from pipeline.splits import train_test_split

ROWS_AT_ONCE = 1024
"""Sequences are scaled so many at a time, which bounds the memory beside the result."""


def lstm(seed: int) -> Pipeline:
    """Long short-term memory (Hochreiter and Schmidhuber 1997) on standardised frames of MFCCs or mel bands.

    Published models of GTZAN's 3-second segments give 130 frames of 13 MFCCs to one or two LSTM layers of 64 units,
    with dropout 0.3 and Adam. This one has one layer, and reads the mean of its outputs over time; before it, every 4
    frames (93 ms) are averaged. Published ones stop by rows of tracks that they learn from, this one by other tracks.

    Searched: frames averaged, units, learning rate. Costs 1 to 5 s a fit of 750 segments of 3 s, 4 to 10 s of 75 tracks
    of 30 s, on one core; in proportion to rows and frames.
    """
    return make_pipeline(FrameScaler(), LSTMClassifier(random_state=seed))


LSTM = ZooEntry(
    lstm,
    title="LSTM",
    kind="frames",
    minimises="the log-loss",
    space={
        "framescaler__pool": (2, 4, 8),
        "lstmclassifier__n_hidden": (32, 64, 128),
        "lstmclassifier__learning_rate": (3e-4, 1e-3, 3e-3),
    },
    extra="deep",
    stored_types=("pipeline.models.recurrent.FrameScaler", "pipeline.models.recurrent.LSTMClassifier"),
)


class FrameScaler(TransformerMixin, BaseEstimator):
    """Average neighbouring frames, then standardise each band over all rows and frames.

    Parameters
    ----------
    pool : int
        frames that become one; what is left over at the end is dropped
    """

    def __init__(self, pool: int = 4):
        self.pool = pool

    def fit(self, X: np.ndarray, y: np.ndarray | None = None) -> "FrameScaler":
        """Measure the bands of `X` [shape=(n, n_frames, n_bands)]."""
        self.scaler_ = StandardScaler()
        for _, pooled in self._pooled(check_sequences(X)):
            self.scaler_.partial_fit(pooled.reshape(-1, pooled.shape[2]))
        return self

    def transform(self, X: np.ndarray) -> np.ndarray:
        """Return the scaled sequences [shape=(n, n_frames // pool, n_bands), dtype=float32]."""
        check_is_fitted(self)
        X = check_sequences(X, self.scaler_.n_features_in_)
        scaled = np.empty((len(X), X.shape[1] // min(self.pool, X.shape[1]), X.shape[2]), dtype=np.float32)
        for rows, pooled in self._pooled(X):
            scaled[rows] = self.scaler_.transform(pooled.reshape(-1, pooled.shape[2])).reshape(pooled.shape)
        return scaled

    def _pooled(self, X: np.ndarray) -> Iterator[tuple[slice, np.ndarray]]:
        pool = min(self.pool, X.shape[1])
        whole = X[:, : X.shape[1] // pool * pool]
        for rows in gen_batches(len(X), ROWS_AT_ONCE):
            part = whole[rows]
            yield rows, part.reshape(len(part), -1, pool, part.shape[2]).mean(axis=2, dtype=np.float32)

    def __sklearn_tags__(self):
        return _of_sequences(super().__sklearn_tags__())


class LSTMClassifier(ClassifierMixin, BaseEstimator):
    """An LSTM layer under a linear one, trained until it no longer gets better on groups that it does not learn from.

    Parameters
    ----------
    n_hidden : int
        units of the LSTM
    dropout, learning_rate, batch_size, max_epochs, patience
        of the training; `patience` epochs without a lower validation loss end it
    validation_share : float
        share of each class's groups that is kept for that loss
    random_state : int
        of weights, order, dropout and the validation part

    Attributes
    ----------
    classes_ : np.ndarray [shape=(n_classes,)]
    weights_ : dict of np.ndarray
    validation_rows_ : np.ndarray of int
        rows of the last fit that told when to stop, and taught nothing
    n_epochs_ : int
    """

    def __init__(
        self,
        n_hidden: int = 64,
        dropout: float = 0.3,
        learning_rate: float = 1e-3,
        batch_size: int = 32,
        max_epochs: int = 100,
        patience: int = 10,
        validation_share: float = 0.2,
        random_state: int = 0,
    ):
        self.n_hidden = n_hidden
        self.dropout = dropout
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.max_epochs = max_epochs
        self.patience = patience
        self.validation_share = validation_share
        self.random_state = random_state

    def fit(self, X: np.ndarray, y: np.ndarray, groups: np.ndarray | None = None) -> "LSTMClassifier":
        """Fit on sequences of equal length.

        Parameters
        ----------
        X : np.ndarray [shape=(n, n_frames, n_bands)]
        y : np.ndarray [shape=(n,)]
        groups : np.ndarray [shape=(n,)], optional
            the rows of a group, which is a track, fall on one side of the validation split; without, each row is one.
            Where no class has two groups, the rows that teach also tell when to stop

        Raises
        ------
        InputError
            where the extra ``deep`` is not installed
        """
        network = _network()
        X = check_sequences(X).astype(np.float32, copy=False)
        self.classes_, codes = np.unique(y, return_inverse=True)
        groups = np.arange(len(X)) if groups is None else np.asarray(groups)
        check_consistent_length(X, codes, groups)
        learned, stopping = train_test_split(
            groups, codes, stream("validation", self.random_state), self.validation_share
        )
        self.validation_rows_ = stopping
        stopping = stopping if len(stopping) else learned
        self.weights_, self.n_epochs_ = network.train(
            X[learned],
            codes[learned],
            (X[stopping], codes[stopping]),
            n_hidden=self.n_hidden,
            n_classes=len(self.classes_),
            dropout=self.dropout,
            learning_rate=self.learning_rate,
            batch_size=self.batch_size,
            max_epochs=self.max_epochs,
            patience=self.patience,
            seed=self.random_state,
        )
        return self

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Return the probability of each class [shape=(n, n_classes)]; the sequences may be of any length."""
        check_is_fitted(self)
        n_bands = self.weights_["recurrent.weight_ih_l0"].shape[1]
        return _network().probabilities(self.weights_, check_sequences(X, n_bands).astype(np.float32, copy=False))

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the most probable class [shape=(n,)]."""
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def __sklearn_tags__(self):
        return _of_sequences(super().__sklearn_tags__())


def check_sequences(X: np.ndarray, n_bands: int | None = None) -> np.ndarray:
    """Return `X` as finite floats in half or single precision.

    Raises
    ------
    ValueError
        where it is not [shape=(n, n_frames, n_bands)] with at least one of each, or not finite
    """
    X = check_array(X, allow_nd=True, dtype=[np.float32, np.float16], order="C")
    if X.ndim != 3 or X.shape[1] < 1 or X.shape[2] < 1 or (n_bands is not None and X.shape[2] != n_bands):
        raise ValueError(f"shape {X.shape} is not (rows, frames, {n_bands or 'bands'})")
    return X


def _of_sequences(tags):
    tags.input_tags.two_d_array, tags.input_tags.three_d_array = False, True
    return tags


def _network() -> ModuleType:
    missing = say_missing("deep")
    if missing:
        raise InputError(f"a recurrent model {missing}")
    from pipeline.models import network

    return network
