"""The warehouse as dlt's destination."""

from pathlib import Path

import dlt
from dlt.common.destination import DestinationCapabilitiesContext
from dlt.common.normalizers.naming import NamingConvention
from dlt.destinations.impl.duckdb.configuration import DuckDbClientConfiguration, DuckDbCredentials

from ingestion import event_log


class Warehouse(dlt.destinations.duckdb):
    """DuckDB, whose capabilities are worked out once.

    dlt asks for them a dozen times in each load and reads its whole configuration anew for every answer, which took
    half of the interpreter's time in a load.
    """

    def __init__(self, path: Path) -> None:
        credentials = DuckDbCredentials(str(path))
        credentials.global_config = dict(event_log.DATABASE)
        super().__init__(credentials)
        self._known: dict[str | None, DestinationCapabilitiesContext] = {}

    # What dlt writes into its state, where a name of ours would change what is restored from it.
    destination_type = "dlt.destinations.duckdb"  # pyright: ignore[reportIncompatibleMethodOverride, reportAssignmentType]

    def capabilities(
        self, config: DuckDbClientConfiguration | None = None, naming: NamingConvention | None = None
    ) -> DestinationCapabilitiesContext:
        """A copy each time: dlt writes into what it gets."""
        if config is not None:
            return super().capabilities(config, naming)
        key = naming.name() if naming else None
        if key not in self._known:
            self._known[key] = super().capabilities(None, naming)
        return self._known[key].copy()
