"""The stages of a run as functions: a `Run` and options in; out what the notebook shows, and rows in MongoDB.

Each stage has a module of its name, with its function and the dataclass of what that returns.
"""

from pipeline.stages.declared import STAGES, Stage, check_parameters, choose_stages, find_stage
from pipeline.stages.given import as_declared, take_parameters

__all__ = ["STAGES", "Stage", "as_declared", "check_parameters", "choose_stages", "find_stage", "take_parameters"]
