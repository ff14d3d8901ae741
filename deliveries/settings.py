"""How mail leaves: the environment or `.env`, validated, with errors that name the variable and show no secret."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, NonNegativeFloat, PositiveFloat, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from deliveries.addresses import is_address
from ingestion.errors import SettingsError
from ingestion.settings import ENV_FILE, read


def _mailbox(value: Any) -> Any:
    if isinstance(value, str) and value and not is_address(value):
        raise ValueError("is not an address such as signals@example.com")
    return value


Mailbox = Annotated[str, BeforeValidator(_mailbox)]


class DeliverySettings(BaseSettings):
    """`record` does everything but the sending; what it settled is not sent later."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore")

    data_dir: Path = Path("data")
    deliveries_file: Path = Path("deliveries.toml")
    delivery_mode: Literal["off", "record", "send"] = "record"
    # What a run may spend; the rest goes with the next one, oldest first.
    delivery_budget_seconds: PositiveFloat = 60.0
    # The first pause after a refusal; each next one is twice as long, an hour at most.
    delivery_backoff_seconds: NonNegativeFloat = 60.0
    smtp_host: str = ""
    smtp_port: Annotated[int, Field(ge=1, le=65535)] = 587
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_username: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_timeout_seconds: PositiveFloat = 30.0
    mail_from: Mailbox = ""
    mail_from_name: str = "Support Signals"
    mail_reply_to: Mailbox = ""
    # Off: a case is made only where somebody says so, and where no other integration does.
    salesforce_create_cases: bool = False
    # How long a mail waits for its case; then it goes without the link, and says so.
    case_wait_seconds: NonNegativeFloat = 300.0
    # Whoever is told when something stays broken; without it nobody is.
    alert_to: Mailbox = ""

    @property
    def recorded_path(self) -> Path:
        return self.data_dir / "deliveries" / "recorded"

    def require_mail(self) -> None:
        """Raises SettingsError when mail is to be sent and somebody forgot to say where or from whom."""
        for name in ("smtp_host", "mail_from"):
            if not getattr(self, name):
                raise SettingsError(f"{name.upper()} is not set, but DELIVERY_MODE=send: set it, or use record.")
        if bool(self.smtp_username) != bool(self.smtp_password.get_secret_value()):
            raise SettingsError("SMTP_USERNAME and SMTP_PASSWORD belong together: set both or neither.")
        if self.smtp_username and self.smtp_security == "none":
            raise SettingsError("SMTP_SECURITY=none would send SMTP_PASSWORD in the open: use starttls or tls.")


def load_delivery_settings(env_file: str | Path | None = ENV_FILE) -> DeliverySettings:
    """Raises SettingsError, one sentence, for the first variable that cannot be read or is missing."""
    settings = read(DeliverySettings, "", env_file)
    if settings.delivery_mode == "send":
        settings.require_mail()
    return settings
