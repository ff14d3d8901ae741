"""One interpreter for two threads: one that reads pages, one that loads what was read."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa

# Loading is hundreds of small steps on files, after each of which it asks for the interpreter again. Reading would keep
# it for five milliseconds each time, which is what Python takes for fair, and loads would take twice as long.
SECONDS_UNTIL_ASKED_TO_YIELD = 0.0001


@contextmanager
def shared_by_reading_and_loading() -> Iterator[None]:
    """Yields quickly, gives memory back at once, and leaves garbage to `collect`; as it was before, afterwards."""
    interval, pool, collects = sys.getswitchinterval(), pa.default_memory_pool(), gc.isenabled()
    sys.setswitchinterval(SECONDS_UNTIL_ASKED_TO_YIELD)
    # Arrow's own pool keeps what is freed, and a load is a large piece.
    pa.set_memory_pool(pa.system_memory_pool())
    # A page is half a million small objects without cycles: searching them for garbage doubles the time of parsing.
    gc.disable()
    try:
        yield
    finally:
        sys.setswitchinterval(interval)
        pa.set_memory_pool(pool)
        if collects:
            gc.enable()


def collect() -> None:
    """Frees what loads leave: dlt keeps exceptions that it has handled, and with their frames all the rows of a load.

    All that is new since the last call is of the youngest generation, so that looking through that one is enough.
    """
    gc.collect(0)
