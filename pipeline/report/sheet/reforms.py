"""The 32 items of the REFORMS checklist, in words of our own.

Kapoor et al. 2024: REFORMS: Consensus-based Recommendations for Machine-learning-based Science. Science Advances
10(18), eadk3452, doi:10.1126/sciadv.adk3452. Numbers and order are the checklist's.
"""

from dataclasses import dataclass

CITATION = (
    "Kapoor et al. 2024, REFORMS: Consensus-based Recommendations for Machine-learning-based Science, Science "
    "Advances 10(18), doi:10.1126/sciadv.adk3452"
)

MODULES = {
    "1": "Study goals",
    "2": "Computational reproducibility",
    "3": "Data quality",
    "4": "Data preprocessing",
    "5": "Modelling",
    "6": "Data leakage",
    "7": "Metrics and uncertainty",
    "8": "Generalisability and limitations",
}


@dataclass(frozen=True)
class Item:
    """One item: its number in the checklist, and what it asks."""

    number: str
    asks: str

    @property
    def module(self) -> str:
        """The module that it belongs to."""
        return MODULES[self.number[0]]


ITEMS = tuple(
    Item(number, asks)
    for number, asks in {
        "1a": "Which music is the claim about?",
        "1b": "Why that music?",
        "1c": "Why machine learning, and not another method?",
        "2a": "Which data, exactly, and where can they be had?",
        "2b": "Which code, in which version?",
        "2c": "On what machine, with what software, in what time?",
        "2d": "Where does it say how to get the results again?",
        "2e": "Which command makes all results?",
        "3a": "Where do training and test data come from, when were they gathered, who gave the labels?",
        "3b": "From what larger set was the music drawn, and how?",
        "3c": "Why do these data suit the question?",
        "3d": "What is predicted, and how is it distributed?",
        "3e": "How many tracks, rows and artists are there, by genre?",
        "3f": "How much is missing, by genre?",
        "3g": "Why does the drawn music stand for the music of the claim?",
        "4a": "What was left out, and why?",
        "4b": "What became of impossible or damaged data?",
        "4c": "What was done to the data, step by step, before a model saw them?",
        "5a": "Which models were trained, on which features, minimising what?",
        "5b": "Why these kinds of models?",
        "5c": "How were models evaluated: which splits, how large?",
        "5d": "How was the reported model chosen?",
        "5e": "How were its parameters found?",
        "5f": "What are the baselines, and is the comparison fair?",
        "6a": "Did every step before and in training see training data alone?",
        "6b": "What was done about duplicates and dependent tracks on both sides?",
        "6c": "Is every feature one that may be used?",
        "7a": "Which metrics are reported, and does the one that decides suit the question?",
        "7b": "How uncertain is each figure, and how was that computed?",
        "7c": "Which tests were used, and do their assumptions hold?",
        "8a": "What speaks for the result holding for other music?",
        "8b": "For which music is it not expected to hold?",
    }.items()
)
