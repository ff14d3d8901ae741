"""Settings: the environment or `.env`, validated, with errors that name the variable and never show its secret."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar
from urllib.parse import urlparse

from pydantic import (
    AwareDatetime,
    BeforeValidator,
    Field,
    NonNegativeFloat,
    SecretStr,
    ValidationError,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from ingestion.errors import SettingsError

ENV_FILE = ".env"
T = TypeVar("T", bound=BaseSettings)


def _moment(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError as error:
        raise ValueError("is not a date or time such as 2025-01-01T00:00:00Z") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _address(value: Any) -> Any:
    parts = urlparse(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("is not an address such as https://example.zendesk.com")
    return value.rstrip("/")


def _names(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return tuple(n for n in (part.strip() for part in value.split(",")) if n)


Moment = Annotated[AwareDatetime | None, BeforeValidator(_moment)]
Address = Annotated[str, BeforeValidator(_address)]
Share = Annotated[float, Field(gt=0, le=1)]


class Connection(BaseSettings):
    """One instance of a system. `url` may carry a path prefix; API paths are appended to it."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore")

    url: Address | None = None
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    token: SecretStr = SecretStr("")


class ZendeskConnection(Connection):
    """OAuth, or an e-mail address and its API token, which Zendesk takes until 2027-04-30."""

    email: str = ""
    api_token: SecretStr = SecretStr("")

    def signs_in_by_api_token(self, prefix: str) -> bool:
        """Raises SettingsError when both ways are set, or half of this one."""
        token = self.api_token.get_secret_value()
        if not token and not self.email:
            return False
        if self.client_id or self.client_secret.get_secret_value():
            raise SettingsError(
                f"{prefix}API_TOKEN and {prefix}CLIENT_ID are both ways to sign in: keep one, best the client."
            )
        if not token or not self.email:
            raise SettingsError(
                f"{prefix}{'EMAIL' if token else 'API_TOKEN'} is not set, but "
                f"{prefix}{'API_TOKEN' if token else 'EMAIL'} is: set both, or better an OAuth client."
            )
        return True


class Settings(BaseSettings):
    """Everything configurable. Build it with `load_settings`, which also reads the connections."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore")

    data_dir: Path = Path("data")
    signals_file: Path = Path("signals.toml")
    start_date: Moment = None
    go_live_at: Moment = None
    support_as_of: Moment = None
    zendesk_instances: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_names)] = ("global",)
    quota_share_account: Share = 0.5
    quota_share_export: Share = 0.8
    history_budget_seconds: NonNegativeFloat = 20.0
    reconcile_budget_seconds: NonNegativeFloat = 600.0
    mass_removal_share: Share = 0.5
    accept_mass_removal: bool = False

    # source ("zendesk/global") -> connection, in reading order; only those that have an address
    connections: Mapping[str, Connection] = {}

    @property
    def warehouse_path(self) -> Path:
        return self.data_dir / "warehouse.duckdb"

    @property
    def published_path(self) -> Path:
        return self.data_dir / "published" / "support_signals.duckdb"

    @property
    def inbox_path(self) -> Path:
        return self.data_dir / "inbox" / "feedback"

    @property
    def dlt_path(self) -> Path:
        return self.data_dir / "dlt"

    @property
    def dagster_path(self) -> Path:
        return self.data_dir / "dagster"

    @property
    def dbt_path(self) -> Path:
        return self.data_dir / "dbt"


def load_settings(env_file: str | Path | None = ENV_FILE) -> Settings:
    """Raises SettingsError, one sentence, for the first variable that cannot be read or is missing."""
    settings = _read(Settings, "", env_file)
    names = {f"zendesk/{name}": f"ZENDESK_{name.upper()}_" for name in settings.zendesk_instances}
    prefixes = {"salesforce/main": "SALESFORCE_"} | names | {"gitlab/main": "GITLAB_"}
    found = {
        source: _read(ZendeskConnection if source in names else Connection, prefix, env_file)
        for source, prefix in prefixes.items()
    }
    for source, connection in found.items():
        if connection.url:
            _require_credentials(source, prefixes[source], connection)
    settings.connections = {source: c for source, c in found.items() if c.url}
    if settings.connections and settings.start_date is None:
        raise SettingsError(
            "START_DATE is not set: say from when history is to be read, for example START_DATE=2025-01-01."
        )
    return settings


def _require_credentials(source: str, prefix: str, connection: Connection) -> None:
    if isinstance(connection, ZendeskConnection) and connection.signs_in_by_api_token(prefix):
        return
    needed = ("token",) if source.startswith("gitlab/") else ("client_id", "client_secret")
    for name in needed:
        value = getattr(connection, name)
        if not (value.get_secret_value() if isinstance(value, SecretStr) else value):
            raise SettingsError(f"{prefix}{name.upper()} is not set, but {prefix}URL is: set both or neither.")


def _read(model: type[T], prefix: str, env_file: str | Path | None) -> T:
    try:
        return model(_env_prefix=prefix, _env_file=env_file)
    except ValidationError as error:
        first = error.errors()[0]
        variable = f"{prefix}{first['loc'][0]}".upper()
        reason = first["msg"].removeprefix("Value error, ")
        reason = reason if reason.startswith("is ") else f"is not valid: {reason}"
        # Only harmless values are shown: a secret in the wrong variable must not reach a log.
        shown = f"={first['input']}" if "SECRET" not in variable and "TOKEN" not in variable else ""
        raise SettingsError(f"{variable}{shown} {reason}.") from None
