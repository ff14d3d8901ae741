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

from ingestion.credentials import require, salesforce_way
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

    # How its variables begin, for errors that name them: "ZENDESK_GLOBAL_".
    prefix: str = ""
    url: Address | None = None
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    token: SecretStr = SecretStr("")


class SalesforceConnection(Connection):
    """One org. Which of these are set chooses the sign-in; see credentials.py."""

    username: str = ""
    password: SecretStr = SecretStr("")
    security_token: SecretStr = SecretStr("")
    jwt_key: SecretStr = SecretStr("")
    jwt_key_file: Path | None = None
    login_url: Address = "https://login.salesforce.com"


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
    salesforce_instances: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_names)] = ("main",)
    # What is stamped before it is committed shows up late: R18 asks for ten minutes at least.
    salesforce_look_back_minutes: Annotated[int, Field(ge=10)] = 10
    # History of more rows than this comes by Bulk API 2.0; 0 never asks for it.
    salesforce_bulk_rows: Annotated[int, Field(ge=0)] = 10_000
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
    settings = read(Settings, "", env_file)
    found: dict[str, Connection] = _salesforce(settings.salesforce_instances, env_file)
    for name in settings.zendesk_instances:
        found[f"zendesk/{name}"] = read(ZendeskConnection, f"ZENDESK_{name.upper()}_", env_file)
    found["gitlab/main"] = read(Connection, "GITLAB_", env_file)
    for source, connection in found.items():
        if connection.url:
            _require_credentials(source, connection)
    settings.connections = {source: c for source, c in found.items() if c.url}
    if settings.connections and settings.start_date is None:
        raise SettingsError(
            "START_DATE is not set: say from when history is to be read, for example START_DATE=2025-01-01."
        )
    return settings


def _salesforce(names: tuple[str, ...], env_file: str | Path | None) -> dict[str, Connection]:
    """`SALESFORCE_URL` and its like are the org `main`, unless SALESFORCE_MAIN_URL is there."""
    found: dict[str, Connection] = {
        f"salesforce/{name}": read(SalesforceConnection, f"SALESFORCE_{name.upper()}_", env_file) for name in names
    }
    short = read(SalesforceConnection, "SALESFORCE_", env_file)
    if short.url and "main" not in names:
        raise SettingsError(
            "SALESFORCE_URL is the org `main`, but SALESFORCE_INSTANCES does not name that: add it, or unset the URL."
        )
    if "main" in names and not found["salesforce/main"].url:
        found["salesforce/main"] = short
    return found


def _require_credentials(source: str, connection: Connection) -> None:
    if isinstance(connection, SalesforceConnection):
        salesforce_way(connection)
    elif not isinstance(connection, ZendeskConnection) or not connection.signs_in_by_api_token(connection.prefix):
        require(connection, ("token",) if source.startswith("gitlab/") else ("client_id", "client_secret"))


def read(model: type[T], prefix: str, env_file: str | Path | None) -> T:
    """The variables that begin with `prefix`. Raises SettingsError for the first that cannot be read."""
    try:
        found = model(_env_prefix=prefix, _env_file=env_file)
    except ValidationError as error:
        first = error.errors()[0]
        variable = f"{prefix}{first['loc'][0]}".upper()
        reason = first["msg"].removeprefix("Value error, ")
        reason = reason if reason.startswith("is ") else f"is not valid: {reason}"
        # Only harmless values are shown: a secret in the wrong variable must not reach a log.
        is_secret = any(word in variable for word in ("SECRET", "TOKEN", "PASSWORD", "KEY"))
        shown = "" if is_secret else f"={first['input']}"
        raise SettingsError(f"{variable}{shown} {reason}.") from None
    if isinstance(found, Connection):
        found.prefix = prefix
    return found
