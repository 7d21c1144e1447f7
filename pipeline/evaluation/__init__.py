"""Fit, score, intervals, comparisons, votes: everything that makes a number out of models and rows."""

from pipeline.evaluation.answered import pack_answers, unpack_answers
from pipeline.evaluation.calibrate import calibrate
from pipeline.evaluation.candidates import Candidate, plan, refuse_guesses, roll_call
from pipeline.evaluation.champion import crown, crown_other_windows, find_samples, ranking
from pipeline.evaluation.choice import CORRECTED, Corrected, correct, gather
from pipeline.evaluation.claims import calibration, model_sentences, set_sentence, window_sentences
from pipeline.evaluation.compare import compare
from pipeline.evaluation.contrast import contrast_genres, say_contrasts, surely
from pipeline.evaluation.coverage import say_left_out_of
from pipeline.evaluation.glance import bars, beside_guesses, findings, overview
from pipeline.evaluation.headline import Headline, headline
from pipeline.evaluation.holdout import count_new_artists, hold_out, of_champion, say_left_out, say_sets
from pipeline.evaluation.importance import rank_each, rank_features
from pipeline.evaluation.labels import JUDGES, check_labels, doubt_labels
from pipeline.evaluation.leak import leak_gaps, leak_sentences
from pipeline.evaluation.learning_curve import OWN_SPLITS, LearningCurve, learning_curve
from pipeline.evaluation.limits import check_sampled, say_sampled
from pipeline.evaluation.mistakes import mistakes_by_group, say_mistakes, worst_mistakes
from pipeline.evaluation.neighbours import search_k
from pipeline.evaluation.notice import measure_unlike, say_unlike
from pipeline.evaluation.out_of_fold import answer_out_of_fold
from pipeline.evaluation.overlap import from_both_sides, mean_overlap, most_distinct, overlap_genres, say_overlaps
from pipeline.evaluation.pairs import choose_pairs, evaluate_pairs, hold_out_pairs
from pipeline.evaluation.profile import labelled_values, profile, project, telling_features
from pipeline.evaluation.protocol import Evaluation, evaluate
from pipeline.evaluation.samples import Samples, choose_policy, load_samples, of_main_set
from pipeline.evaluation.say_styles import say_styles
from pipeline.evaluation.say_subgroups import name_subgrouping, say_gaps, say_worse
from pipeline.evaluation.search import check_effort
from pipeline.evaluation.sides import check_sides
from pipeline.evaluation.subgroups import compare_subgroups
from pipeline.evaluation.summary import summarise
from pipeline.evaluation.three_figures import other_figures

__all__ = [
    "CORRECTED",
    "JUDGES",
    "OWN_SPLITS",
    "Candidate",
    "Corrected",
    "Evaluation",
    "Headline",
    "LearningCurve",
    "Samples",
    "answer_out_of_fold",
    "bars",
    "beside_guesses",
    "calibrate",
    "calibration",
    "check_effort",
    "check_labels",
    "check_sampled",
    "check_sides",
    "choose_pairs",
    "choose_policy",
    "compare",
    "compare_subgroups",
    "contrast_genres",
    "correct",
    "count_new_artists",
    "crown",
    "crown_other_windows",
    "doubt_labels",
    "evaluate",
    "evaluate_pairs",
    "find_samples",
    "findings",
    "from_both_sides",
    "gather",
    "headline",
    "hold_out",
    "hold_out_pairs",
    "labelled_values",
    "leak_gaps",
    "leak_sentences",
    "learning_curve",
    "load_samples",
    "mean_overlap",
    "measure_unlike",
    "mistakes_by_group",
    "model_sentences",
    "most_distinct",
    "name_subgrouping",
    "of_champion",
    "of_main_set",
    "other_figures",
    "overlap_genres",
    "overview",
    "pack_answers",
    "plan",
    "profile",
    "project",
    "rank_each",
    "rank_features",
    "ranking",
    "refuse_guesses",
    "roll_call",
    "say_contrasts",
    "say_gaps",
    "say_left_out",
    "say_left_out_of",
    "say_mistakes",
    "say_overlaps",
    "say_sampled",
    "say_sets",
    "say_styles",
    "say_unlike",
    "say_worse",
    "search_k",
    "set_sentence",
    "summarise",
    "surely",
    "telling_features",
    "unpack_answers",
    "window_sentences",
    "worst_mistakes",
]
