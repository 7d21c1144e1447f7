"""The models that take one vector of features a row.

Costs are the time of fitting 10,000 rows of 57 features and ten genres on one core, as a multiple of a forest's.
"""

from sklearn.decomposition import PCA
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import (
    ExtraTreesClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    VotingClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from pipeline.models.better_half import BetterHalf
from pipeline.models.boosted_stumps import BoostedStumps
from pipeline.models.coupled_svm import CoupledSVC
from pipeline.random_streams import seed_of

N_TREES = 100
PUBLISHED_DEPTH = 10


def dummy_most_frequent(seed: int) -> Pipeline:
    """Always the commonest genre: the floor for accuracy.

    Costs 0. Nothing is searched.
    """
    return make_pipeline(DummyClassifier(strategy="most_frequent"))


def dummy_stratified(seed: int) -> Pipeline:
    """A genre drawn by its share of the training rows: the floor for a guesser.

    The shares are its probabilities; nothing is drawn. Scores are counted from them, as what draws give on average: of
    accuracy the sum of the squared shares. Costs 0. Nothing is searched.
    """
    return make_pipeline(DummyClassifier(strategy="prior"))


def logistic_regression(seed: int) -> Pipeline:
    """Multinomial logistic regression on standardised features, after Cox 1958.

    Costs 0.02 to 0.1. Searches the strength of its regularisation.
    """
    return make_pipeline(
        StandardScaler(), LogisticRegression(max_iter=5000, random_state=seed_of("logistic regression", seed))
    )


def k_nearest_neighbours(k: int) -> Pipeline:
    """The vote of the k nearest rows by Euclidean distance of standardised features, after Cover and Hart 1967.

    Costs 0: nothing is fitted, but predicting compares each row with each row it learned from. Searches how votes are
    weighed; k itself is searched in notebook 05.
    """
    return make_pipeline(StandardScaler(), KNeighborsClassifier(n_neighbors=k, algorithm="brute"))


def _forest(seed: int, max_depth: int | None = None) -> RandomForestClassifier:
    return RandomForestClassifier(N_TREES, max_depth=max_depth, random_state=seed_of("forest", seed))


def random_forest(seed: int) -> Pipeline:
    """A forest of 100 trees, after Breiman 2001; scikit-learn's defaults otherwise.

    Costs 1. Searches the smallest leaf and how many features a split looks at.
    """
    return make_pipeline(_forest(seed))


def random_forest_depth_10(seed: int) -> Pipeline:
    """A forest of 100 trees at most ten splits deep, as published for a table of 14 genres.

    Costs 0.8. The depth is in its name; nothing is searched.
    """
    return make_pipeline(_forest(seed, max_depth=PUBLISHED_DEPTH))


def random_forest_top_half(seed: int) -> Pipeline:
    """The forest on the better half of the features, chosen by impurity on the training rows alone.

    Costs 1.1. Nothing is searched.
    """
    return make_pipeline(BetterHalf(random_state=seed_of("chooser", seed)), _forest(seed))


def extra_trees(seed: int) -> Pipeline:
    """A hundred extremely randomised trees, after Geurts, Ernst and Wehenkel 2006.

    Costs 0.4. Searches the smallest leaf and how many features a split looks at.
    """
    return make_pipeline(ExtraTreesClassifier(N_TREES, random_state=seed_of("extra trees", seed)))


def adaboost(seed: int) -> Pipeline:
    """Fifty boosted stumps, after Freund and Schapire 1997 and, for many classes, Zhu et al. 2009.

    Costs 0.7. Searches the number of stumps and how much each of them counts.
    """
    return make_pipeline(BoostedStumps(random_state=seed_of("stumps", seed)))


def gradient_boosting(seed: int) -> Pipeline:
    """Gradient boosting, after Friedman 2001, on histograms of the features: 100 rounds of a tree for each genre.

    Costs 2, for 1,000 rows 7. It never stops early: the rows it would set aside for that would be of tracks that it
    learns from. Searches the learning rate, the leaves of a tree and their regularisation.
    """
    return make_pipeline(HistGradientBoostingClassifier(early_stopping=False, random_state=seed_of("boosting", seed)))


def svm_rbf(seed: int) -> Pipeline:
    """A support-vector machine on standardised features, radial basis function, after Cortes and Vapnik 1995.

    Costs 0.3, and grows with the square of the rows. Searches C and gamma. Its probabilities are not calibrated.
    """
    return make_pipeline(StandardScaler(), CoupledSVC())


def svm_rbf_pca(seed: int) -> Pipeline:
    """The support-vector machine on the principal components that hold 95 % of the standardised features' variance.

    For feature sets of hundreds of columns. Costs 0.2. Searches that share, C and gamma.
    """
    return make_pipeline(StandardScaler(), PCA(0.95, random_state=seed_of("components", seed)), CoupledSVC())


def soft_vote(seed: int) -> Pipeline:
    """The mean probability of logistic regression, the support-vector machine, gradient boosting and extra trees.

    Four models of four kinds; nothing is fitted on top of them, so that it needs no rows of its own. Costs 3, the sum
    of theirs. Nothing is searched.
    """
    builders = (logistic_regression, svm_rbf, gradient_boosting, extra_trees)
    members = [(each.__name__, each(seed_of("member", seed, place))) for place, each in enumerate(builders)]
    return make_pipeline(VotingClassifier(members, voting="soft"))
