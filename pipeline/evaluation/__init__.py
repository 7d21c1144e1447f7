"""Fit, score, intervals, comparisons, votes: everything that makes a number out of models and rows."""

from pipeline.evaluation.champion import crown, crown_other_windows, find_samples, ranking
from pipeline.evaluation.holdout import hold_out, of_champion, say_left_out, verdict
from pipeline.evaluation.importance import rank_features
from pipeline.evaluation.neighbours import search_k
from pipeline.evaluation.pairs import choose_pairs, evaluate_pairs, hold_out_pairs
from pipeline.evaluation.profile import labelled_values, profile, project, telling_features
from pipeline.evaluation.protocol import Candidate, Evaluation, evaluate, plan
from pipeline.evaluation.record import read_scores, read_table, record_evaluation, record_scores, record_table
from pipeline.evaluation.samples import Samples, describe_split, load_samples, of_main_set
from pipeline.evaluation.summary import leak_sentences, summarise

__all__ = [
    "Candidate",
    "Evaluation",
    "Samples",
    "choose_pairs",
    "crown",
    "crown_other_windows",
    "describe_split",
    "evaluate",
    "evaluate_pairs",
    "find_samples",
    "hold_out",
    "hold_out_pairs",
    "labelled_values",
    "leak_sentences",
    "load_samples",
    "of_champion",
    "of_main_set",
    "plan",
    "profile",
    "project",
    "rank_features",
    "ranking",
    "read_scores",
    "read_table",
    "record_evaluation",
    "record_scores",
    "record_table",
    "say_left_out",
    "search_k",
    "summarise",
    "telling_features",
    "verdict",
]
