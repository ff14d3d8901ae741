"""Which sign-in the variables of a connection choose: exactly one, or an error that names what to set."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from pydantic import SecretStr

from ingestion.errors import SettingsError

if TYPE_CHECKING:
    from ingestion.settings import Connection, SalesforceConnection

SalesforceWay = Literal["client credentials", "JWT bearer", "password", "SOAP login"]


def require(connection: "Connection", names: Sequence[str], because: str = "URL") -> None:
    """Raises SettingsError for the first of these variables that is empty; `because` is one that is set."""
    for name in names:
        if not filled(connection, name):
            raise SettingsError(
                f"{connection.prefix}{name.upper()} is not set, but {connection.prefix}{because} is: "
                "set both or neither."
            )


def filled(connection: "Connection", name: str) -> bool:
    value = getattr(connection, name)
    return bool(value.get_secret_value() if isinstance(value, SecretStr) else value)


def salesforce_way(connection: "SalesforceConnection") -> SalesforceWay:
    """How this org is signed in to. Raises SettingsError when the variables choose none, or more than one."""
    keys = [name for name in ("jwt_key", "jwt_key_file") if filled(connection, name)]
    passwords = [name for name in ("password",) if filled(connection, name)]
    secrets = [name for name in ("client_secret",) if filled(connection, name)]
    # The older username-password grant needs the client's secret beside the password.
    chosen = [*keys, *passwords, *([] if passwords else secrets)]
    if len(chosen) > 1:
        first, second = (f"{connection.prefix}{name.upper()}" for name in chosen[:2])
        raise SettingsError(f"{first} and {second} are both set, each for a sign-in of its own: keep one.")
    if keys:
        require(connection, ("client_id", "username"), keys[0].upper())
        return "JWT bearer"
    if passwords:
        require(connection, ("username",), "PASSWORD")
        if not secrets and not filled(connection, "client_id"):
            return "SOAP login"
        require(connection, ("client_id",), "CLIENT_SECRET")
        require(connection, ("client_secret",), "CLIENT_ID")
        return "password"
    for name in ("username", "security_token"):
        if filled(connection, name):
            raise SettingsError(
                f"{connection.prefix}{name.upper()} is set, but neither {connection.prefix}JWT_KEY_FILE nor "
                f"{connection.prefix}PASSWORD is: set one of them, or leave {name.upper()} out."
            )
    require(connection, ("client_id", "client_secret"))
    return "client credentials"


def salesforce_variables(connection: "SalesforceConnection") -> str:
    """The variables to look at when a sign-in is refused: `A, B and C`."""
    key = "JWT_KEY_FILE" if connection.jwt_key_file else "JWT_KEY"
    names = {
        "client credentials": ("CLIENT_ID", "CLIENT_SECRET"),
        "JWT bearer": ("CLIENT_ID", "USERNAME", key),
        "password": ("CLIENT_ID", "CLIENT_SECRET", "USERNAME", "PASSWORD", "SECURITY_TOKEN"),
        "SOAP login": ("USERNAME", "PASSWORD", "SECURITY_TOKEN"),
    }[salesforce_way(connection)]
    *first, last = (f"{connection.prefix}{name}" for name in names)
    return f"{', '.join(first)} and {last}"
