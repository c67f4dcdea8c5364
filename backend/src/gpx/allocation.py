"""Memory for arrays: kept for the next one, rather than given back to the system at once.

The C library of Linux takes each large block from the system and gives it back when it is freed,
so that every passing array costs the page faults of new memory, and unmapping it holds up the
threads of the whole process. But it learns (mallopt(3), M_MMAP_THRESHOLD): blocks up to the
largest that was ever freed, and twice as much at the end of the heap, are kept. Elsewhere this
does nothing. It is the process's own matter: whoever starts one that analyses calls it.
"""

import numpy as np

# The most that it learns from is 32 MiB.
_LARGEST_BYTES = 31 << 20


def keep_freed_memory() -> None:
    """Free a large block that was never used, and so never took any memory."""
    np.empty(_LARGEST_BYTES, dtype=np.uint8)
