import subprocess
import sys
from pathlib import Path

BACKEND = Path(__file__).parents[3]

# Arrays that are freed together, as those of a function are, are more than one of them.
FAULTS = """
import resource, sys
import numpy as np
{start}

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    arrays = [np.ones(250_000) for _ in range(12)]
    del arrays
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

faults()
print(sum(faults() for _ in range(10)))
"""
KEEP = "from src.gpx.allocation import keep_freed_memory\nkeep_freed_memory()"


def faults(start: str) -> int:
    program = FAULTS.format(start=start)
    command = [sys.executable, "-c", program]
    return int(subprocess.run(command, cwd=BACKEND, capture_output=True, check=True).stdout)


def test_memory_of_freed_arrays_is_used_again() -> None:
    assert faults(KEEP) < faults("") / 10


def test_importing_the_engine_changes_nothing() -> None:
    assert faults("import src.gpx") > faults(KEEP) * 10
