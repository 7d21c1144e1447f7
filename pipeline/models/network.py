"""The network behind `LSTMClassifier`: PyTorch, trained by skorch. Importing this module needs the extra ``deep``.

Every random choice comes from a generator of the network's own, never from PyTorch's global one, and PyTorch computes
on one thread: so a fit gives the same weights alone, beside others in threads, and after others.
"""

import numpy as np
import torch
from skorch import NeuralNetClassifier
from skorch.callbacks import EarlyStopping, GradientNormClipping
from skorch.dataset import Dataset
from skorch.helper import predefined_split
from torch import nn

from pipeline.random_streams import seed_of

LARGEST_GRADIENT = 1.0
ROWS_AT_ONCE = 256


class Network(nn.Module):
    """One LSTM layer, the mean of its outputs over time, dropout, and a linear layer to the classes.

    Parameters
    ----------
    n_bands, n_hidden, n_classes : int
    dropout : float
        share of the means that is left out in training
    seed : int
    """

    def __init__(self, n_bands: int, n_hidden: int, n_classes: int, dropout: float = 0.0, seed: int = 0):
        super().__init__()
        self.generator = torch.Generator().manual_seed(seed_of("weights", seed))
        self.dropout = dropout
        self.recurrent = nn.LSTM(n_bands, n_hidden, batch_first=True)
        self.to_classes = nn.Linear(n_hidden, n_classes)
        for weights in self.parameters():  # PyTorch's own default for both layers, but from our generator
            nn.init.uniform_(weights, -(n_hidden**-0.5), n_hidden**-0.5, generator=self.generator)

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        """Return log-probabilities, not normalised [shape=(n, n_classes)], of `X` [shape=(n, n_frames, n_bands)]."""
        outputs, _ = self.recurrent(X)
        means = outputs.mean(dim=1)
        if self.training and self.dropout:
            kept = torch.empty_like(means).bernoulli_(1 - self.dropout, generator=self.generator)
            means = means * kept / (1 - self.dropout)
        return self.to_classes(means)


def train(
    X: np.ndarray,
    y: np.ndarray,
    validation: tuple[np.ndarray, np.ndarray],
    *,
    n_hidden: int,
    n_classes: int,
    dropout: float,
    learning_rate: float,
    batch_size: int,
    max_epochs: int,
    patience: int,
    seed: int,
) -> tuple[dict[str, np.ndarray], int]:
    """Train by Adam on cross-entropy until that of `validation` has not fallen for `patience` epochs.

    Parameters
    ----------
    X : np.ndarray [shape=(n, n_frames, n_bands), dtype=float32]
    y : np.ndarray [shape=(n,), dtype=int64]
        classes, from 0
    validation : (np.ndarray, np.ndarray)
        the like, of other rows

    Returns
    -------
    weights : dict of np.ndarray
        of the best epoch, by PyTorch's names
    n_epochs : int
        how many were run
    """
    torch.set_num_threads(1)  # for good: to set it back would meet the fits of other threads
    stopping = EarlyStopping(monitor="valid_loss", patience=patience, load_best=True)
    net = NeuralNetClassifier(
        Network,
        module__n_bands=X.shape[2],
        module__n_hidden=n_hidden,
        module__n_classes=n_classes,
        module__dropout=dropout,
        module__seed=seed,
        criterion=nn.CrossEntropyLoss,
        optimizer=torch.optim.Adam,
        lr=learning_rate,
        batch_size=batch_size,
        max_epochs=max_epochs,
        iterator_train__shuffle=True,
        iterator_train__generator=torch.Generator().manual_seed(seed_of("order", seed)),
        iterator_valid__batch_size=ROWS_AT_ONCE,
        train_split=predefined_split(Dataset(*validation)),
        callbacks=[("stopping", stopping), ("clipping", GradientNormClipping(LARGEST_GRADIENT))],
        callbacks__valid_acc=None,
        callbacks__print_log=None,
        verbose=0,
    )
    net.fit(X, y)
    if len(net.history) < max_epochs and stopping.misses_ < patience:
        raise KeyboardInterrupt  # skorch ends the training at Ctrl-C, as if it were done
    return {name: weights.numpy() for name, weights in net.module_.state_dict().items()}, len(net.history)


def probabilities(weights: dict[str, np.ndarray], X: np.ndarray) -> np.ndarray:
    """Return the probability of each class.

    Parameters
    ----------
    weights : dict of np.ndarray
        as `train` returns them
    X : np.ndarray [shape=(n, n_frames, n_bands), dtype=float32]
        of any number of frames

    Returns
    -------
    np.ndarray [shape=(n, n_classes), dtype=float64]
    """
    torch.set_num_threads(1)
    n_classes, n_hidden = weights["to_classes.weight"].shape
    network = Network(X.shape[2], n_hidden, n_classes).eval()
    network.load_state_dict({name: torch.from_numpy(values) for name, values in weights.items()})
    answers = np.empty((len(X), n_classes))
    with torch.inference_mode():
        for first in range(0, len(X), ROWS_AT_ONCE):
            rows = slice(first, first + ROWS_AT_ONCE)
            answers[rows] = network(torch.from_numpy(X[rows])).double().softmax(dim=1).numpy()
    return answers
