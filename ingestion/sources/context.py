"""What every source is given: the settings, the mapping, the clock and a voice."""

from collections.abc import Callable
from dataclasses import dataclass

from ingestion.clock import Clock
from ingestion.mapping import Signals
from ingestion.quota import Limiter
from ingestion.settings import Settings


@dataclass(frozen=True)
class Context:
    """`limiter` belongs to one instance; the clock to all."""

    settings: Settings
    signals: Signals
    clock: Clock
    limiter: Limiter
    say: Callable[[str], None]
