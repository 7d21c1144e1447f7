"""The published fifteenth class of fourteen genres: yes/no answers that are all "no", read as a class of their own."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.base import ClassifierMixin, clone
from sklearn.model_selection import train_test_split
from sklearn.multiclass import OneVsRestClassifier

from pipeline.evaluation import Samples
from pipeline.evaluation.tally import confusion_rows

NO_CLASS = "(no class)"
RARE = 0.01


@dataclass(frozen=True)
class ExtraClass:
    """One-vs-rest answers on test rows, read in two ways.

    Attributes
    ----------
    confusion : pd.DataFrame
        ``actual, predicted, n, share_of_actual``; `NO_CLASS` among the predicted, as if it were a class
    n_genres : int
    share_none : float
        of the rows: those that every question is answered "no" for
    accuracy_of_answers : float
        share of rows whose only "yes" is right
    accuracy_of_largest : float
        share of rows whose largest probability is right: the same fitted model, asked for a genre
    """

    confusion: pd.DataFrame
    n_genres: int
    share_none: float
    accuracy_of_answers: float
    accuracy_of_largest: float

    def __str__(self) -> str:
        return (
            f"{self.n_genres} yes/no questions: {self.share_none:.0%} of the test rows get nothing but no, and read as "
            f"class {self.n_genres + 1}; {self.accuracy_of_answers:.0%} of all are right. By the largest of the same "
            f"{self.n_genres} probabilities every row has a genre, and {self.accuracy_of_largest:.0%} are right."
        )


def read_one_vs_rest(samples: Samples, classifier: ClassifierMixin, *, test_share: float, seed: int) -> ExtraClass:
    """Ask a yes/no question a genre, and read the answers as they are published.

    Parameters
    ----------
    samples : Samples
    classifier : unfitted classifier
        one is fitted a genre
    test_share : float
    seed : int
        of the split
    """
    k = len(samples.genres)
    yes = np.eye(k, dtype=int)[samples.y]
    X_train, X_test, yes_train, _, _, actual = train_test_split(
        samples.X, yes, samples.y, test_size=test_share, random_state=seed
    )
    asked = OneVsRestClassifier(clone(classifier)).fit(X_train, yes_train)
    answers, probabilities = asked.predict(X_test), asked.predict_proba(X_test)
    n_yes = answers.sum(axis=1)
    read = np.where(n_yes == 0, k, np.where(answers == 1, probabilities, -1).argmax(axis=1))
    counts = np.zeros((k + 1, k + 1), dtype=int)
    np.add.at(counts, (actual, read), 1)
    table = confusion_rows(counts, (*samples.genres, NO_CLASS))
    return ExtraClass(
        confusion=table[table["actual"] != NO_CLASS].reset_index(drop=True),
        n_genres=k,
        share_none=float((n_yes == 0).mean()),
        accuracy_of_answers=float(((n_yes == 1) & (read == actual)).mean()),
        accuracy_of_largest=float((probabilities.argmax(axis=1) == actual).mean()),
    )


def say_cause(fourteen: ExtraClass, six: ExtraClass) -> str:
    """Say how well this reading fits what the source tells: that the class went away when six genres were kept."""
    if six.share_none < RARE:
        return f"With {six.n_genres} genres it goes away, as the source says."
    return (
        f"The source says that it went away with {six.n_genres} genres. Here it falls from {fourteen.share_none:.0%} "
        f"of the rows to {six.share_none:.0%} and stays: this reading gives such a class, but the published one was "
        "read otherwise, or came from rows without a label, which keeping six named genres drops as well."
    )
