"""Memory for arrays: kept for the next one, rather than given back to the system at once.

The C library of Linux takes each large block from the system and gives it back when it is freed,
so that every passing array costs the page faults of new memory, and unmapping it holds up the
threads of the whole process. It can be told to keep blocks of a size and so much at the end of
the heap (mallopt(3)). Elsewhere this does nothing. It is the process's own matter: whoever starts
one that analyses calls it.
"""

import ctypes
import sys

# The parameters of mallopt, as malloc.h of the GNU C library numbers them.
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
# The greatest size of a block that it can be told to keep.
_KEPT_BLOCK_BYTES = 32 << 20
# The analysis of a million trackpoints frees so much at once, and takes it again in its next step.
_KEPT_BYTES = 256 << 20


def keep_freed_memory() -> None:
    """Keep the blocks that this process frees, up to a size, for those that it takes next."""
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, _KEPT_BLOCK_BYTES)
        mallopt(_M_TRIM_THRESHOLD, _KEPT_BYTES)
