"""From the vote for a track to chances of being right: one small estimator a method, fitted on out-of-fold votes.

Each takes votes [shape=(n, k)] whose rows sum to 1, and gives the same of chances. Dirichlet calibration (Kull et al.
2019: logistic regression on the logarithms) was tried beside these: on the public tables it loses to temperature
scaling, since a genre has too few tracks for k² numbers.
"""

from typing import Any

import numpy as np
from scipy.optimize import minimize, minimize_scalar
from scipy.special import expit, log_softmax, softmax
from sklearn.base import BaseEstimator
from sklearn.isotonic import IsotonicRegression

DOUBT = 1e-3
"""The share of guesses that is reckoned with in a vote, or in a chance, so that nothing is ruled out for certain."""

MOST_LOG_TEMPERATURE = 4.0
DOUBT_LOGITS = (-9.0, 2.0)
"""Logits of the least and of the largest share of doubt."""

_STARTS = ((0.0, -3.0), (0.5, -6.0), (-0.7, -2.0))


def doubted(votes: np.ndarray) -> np.ndarray:
    """Mix votes with `DOUBT` of the uniform distribution."""
    return (1 - DOUBT) * votes + DOUBT / votes.shape[1]


class Unchanged(BaseEstimator):
    """The vote as it is."""

    def fit(self, votes: np.ndarray, y: np.ndarray) -> "Unchanged":
        """Learn nothing."""
        return self

    def predict_proba(self, votes: np.ndarray) -> np.ndarray:
        """Return the votes."""
        return votes


class Temperature(BaseEstimator):
    """One number that all logarithms are divided by (Guo et al. 2017): surer or less sure, in the same order.

    Attributes
    ----------
    temperature_ : float
        above 1: the votes were too sure
    """

    def fit(self, votes: np.ndarray, y: np.ndarray) -> "Temperature":
        """Find the temperature of the lowest log-loss for the genres `y` [shape=(n,)], by number."""
        logs, rows = np.log(doubted(votes)), np.arange(len(y))

        def loss(log_temperature: float) -> float:
            return -float(log_softmax(logs / np.exp(log_temperature), axis=1)[rows, y].mean())

        bounds = (-MOST_LOG_TEMPERATURE, MOST_LOG_TEMPERATURE)
        self.temperature_ = float(np.exp(minimize_scalar(loss, bounds=bounds, method="bounded").x))
        return self

    def predict_proba(self, votes: np.ndarray) -> np.ndarray:
        """Return the chances."""
        return softmax(np.log(doubted(votes)) / self.temperature_, axis=1)


class DoubtingTemperature(BaseEstimator):
    """A temperature, and a share of doubt: a part of the uniform distribution, mixed in.

    Two of the three parts of ensemble temperature scaling (Zhang, Kailkhura and Han, "Mix-n-Match", ICML 2020). Votes
    of few neighbours give most genres nothing at all; a temperature alone can't raise these without making all votes
    less sure.

    Attributes
    ----------
    temperature_ : float
    doubt_ : float
        share of the uniform distribution
    """

    def fit(self, votes: np.ndarray, y: np.ndarray) -> "DoubtingTemperature":
        """Find both of the lowest log-loss for the genres `y` [shape=(n,)], by number."""
        logs, rows, k = np.log(doubted(votes)), np.arange(len(y)), votes.shape[1]

        def loss(parameters: np.ndarray) -> tuple[float, np.ndarray]:
            """Return the log-loss and its slopes along the logarithm of the temperature and the logit of the doubt."""
            divided = logs / np.exp(parameters[0])
            shares = softmax(divided, axis=1)
            named, doubt = shares[rows, y], expit(parameters[1])
            mixed = (1 - doubt) * named + doubt / k
            hotter = named * (np.einsum("ij,ij->i", shares, divided) - divided[rows, y])
            slopes = (1 - doubt) * hotter, doubt * (1 - doubt) * (1 / k - named)
            return -float(np.log(mixed).mean()), -np.array([(slope / mixed).mean() for slope in slopes])

        bounds = [(-MOST_LOG_TEMPERATURE, MOST_LOG_TEMPERATURE), DOUBT_LOGITS]
        found = [minimize(loss, start, method="L-BFGS-B", jac=True, bounds=bounds) for start in _STARTS]
        log_temperature, logit = min(found, key=lambda each: each.fun).x
        self.temperature_, self.doubt_ = float(np.exp(log_temperature)), float(expit(logit))
        return self

    def predict_proba(self, votes: np.ndarray) -> np.ndarray:
        """Return the chances."""
        named = softmax(np.log(doubted(votes)) / self.temperature_, axis=1)
        return (1 - self.doubt_) * named + self.doubt_ / votes.shape[1]


class Isotonic(BaseEstimator):
    """A rising staircase for each genre against all others (Zadrozny and Elkan 2002), scaled to sum to 1.

    Attributes
    ----------
    stairs_ : list of IsotonicRegression [shape=(k,)]
    """

    def fit(self, votes: np.ndarray, y: np.ndarray) -> "Isotonic":
        """Fit the staircases for the genres `y` [shape=(n,)], by number."""
        self.stairs_ = [
            IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(votes[:, genre], y == genre)
            for genre in range(votes.shape[1])
        ]
        return self

    def predict_proba(self, votes: np.ndarray) -> np.ndarray:
        """Return the chances."""
        heights = np.column_stack([stairs.predict(votes[:, genre]) for genre, stairs in enumerate(self.stairs_)])
        heights = doubted(heights)
        return heights / heights.sum(axis=1, keepdims=True)


CALIBRATORS: dict[str, type[Any]] = {
    "none": Unchanged,
    "temperature": Temperature,
    "doubting_temperature": DoubtingTemperature,
    "isotonic": Isotonic,
}

STORED_TYPES = tuple(f"{each.__module__}.{each.__name__}" for each in CALIBRATORS.values())
"""What skops must be told to trust in a stored one."""
