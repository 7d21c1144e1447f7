"""Fit, score, intervals, comparisons, votes: everything that makes a number out of models and rows."""

from pipeline.evaluation.champion import crown, crown_other_windows, find_samples, ranking
from pipeline.evaluation.claims import calibration, model_sentences, set_sentence, window_sentences
from pipeline.evaluation.compare import compare
from pipeline.evaluation.headline import Headline, headline
from pipeline.evaluation.holdout import count_new_artists, hold_out, of_champion, say_left_out
from pipeline.evaluation.importance import rank_features
from pipeline.evaluation.labels import JUDGE, check_labels, doubt_labels
from pipeline.evaluation.leak import leak_gaps, leak_sentences
from pipeline.evaluation.limits import check_sampled, say_sampled
from pipeline.evaluation.neighbours import search_k
from pipeline.evaluation.pairs import choose_pairs, evaluate_pairs, hold_out_pairs
from pipeline.evaluation.profile import labelled_values, profile, project, telling_features
from pipeline.evaluation.protocol import Candidate, Evaluation, evaluate, plan, roll_call
from pipeline.evaluation.samples import Samples, choose_policy, load_samples, of_main_set
from pipeline.evaluation.search import check_effort
from pipeline.evaluation.summary import summarise

__all__ = [
    "JUDGE",
    "Candidate",
    "Evaluation",
    "Headline",
    "Samples",
    "calibration",
    "check_effort",
    "check_labels",
    "check_sampled",
    "choose_pairs",
    "choose_policy",
    "compare",
    "count_new_artists",
    "crown",
    "crown_other_windows",
    "doubt_labels",
    "evaluate",
    "evaluate_pairs",
    "find_samples",
    "headline",
    "hold_out",
    "hold_out_pairs",
    "labelled_values",
    "leak_gaps",
    "leak_sentences",
    "load_samples",
    "model_sentences",
    "of_champion",
    "of_main_set",
    "plan",
    "profile",
    "project",
    "rank_features",
    "ranking",
    "roll_call",
    "say_left_out",
    "say_sampled",
    "search_k",
    "set_sentence",
    "summarise",
    "telling_features",
    "window_sentences",
]
