"""What is kept from being imported for nothing, and that it is there where it is needed."""

import subprocess
import sys

import pytest

from pipeline.settings import PROJECT_DIR


def told(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT_DIR, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_grammar_of_addresses_is_compiled_when_one_is_checked_and_not_before():
    code = """
import sys
import pipeline, papermill, altair, jsonschema
print("lark" in sys.modules)
checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
print([checker.conforms(text, "iri") for text in ("http://müsik.example/ä", "no address <>")])
print(checker.conforms("../ä", "iri-reference"), "lark" in sys.modules)
"""
    assert told(code).splitlines() == ["False", "[True, False]", "True True"]


def test_a_command_that_needs_no_table_does_not_wait_for_pandas():
    code = """
import sys
from pipeline import cli, store
print("pandas" in sys.modules, store.Run.__module__, "pandas" in sys.modules)
"""
    assert told(code) == "False pipeline.store.run True"


def test_a_worker_loads_nothing_that_takes_long_and_extraction_does_without():
    code = """
import sys
import numpy as np
from pipeline.extract import batch
from pipeline.features import get_feature_set
from pipeline.features.signal import Signal
get_feature_set("spectral-v1").compute(Signal(np.linspace(-1, 1, 22_050, dtype=np.float32)))
heavy = ("librosa.core", "scipy.signal", "scipy.stats", "sklearn", "pipeline.catalogue", "pymongoarrow", "torch")
print([name for name in heavy if name in sys.modules])
"""
    assert told(code) == "[]"


@pytest.mark.skipif(sys.platform != "linux", reason="memory is kept where there is glibc")
def test_a_worker_does_not_ask_the_system_again_for_the_memory_of_its_last_window():
    code = """
import resource
import numpy as np
from pipeline.extract.batch import keep_freed_memory

def faults_of_a_window():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    arrays = [np.ones(2_500_000, np.float32) for _ in range(6)]
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

keep_freed_memory()
faults_of_a_window()
print(faults_of_a_window() < 100)
"""
    assert told(code) == "True"


@pytest.fixture(scope="module")
def stages_told() -> list[str]:
    """What a process tells that imports all stages, and then stores a model as they do."""
    code = """
import sys
from pipeline.stages import catalogue, compare, explore, export, holdout, optimise
heavy = ("numba", "librosa", "scipy.signal", "seaborn", "matplotlib", "pipeline.features.signal")
print([name for name in heavy if name in sys.modules])
from pipeline.models import persistence
persistence._skops().dumps({})
print([name for name in ("torch", "dask.array") if name in sys.modules])
import sklearn.externals.array_api_compat
print([name for name in ("torch", "dask") if f"sklearn.externals.array_api_compat.{name}" in sys.modules])
"""
    return told(code).splitlines()


def test_stages_wait_neither_for_what_hears_music_nor_for_what_draws(stages_told):
    assert stages_told[0] == "[]"


def test_a_model_is_stored_without_pytorch_and_dask_which_can_be_had_all_the_same(stages_told):
    assert stages_told[1:] == ["[]", "[]"]
