"""A Dask cluster as hands: functions and their arguments go out, results come back, and no row passes through here.

Conventions
-----------
A *task* is a plain function of a module and its arguments. What is large among them travels as the name of a
place where every worker finds it. A worker that has other versions than this machine refuses its task; one that dies
costs the tasks that it was at, which others do again.
"""

from pipeline.cluster.client import at_hand, check_scheduler, count_threads, on_cluster, open_cluster
from pipeline.cluster.refusal import in_words_of_a_worker, reads_others
from pipeline.cluster.work import in_order, run_there

__all__ = [
    "at_hand",
    "check_scheduler",
    "count_threads",
    "in_order",
    "in_words_of_a_worker",
    "on_cluster",
    "open_cluster",
    "reads_others",
    "run_there",
]
