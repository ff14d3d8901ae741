"""A published file with notifications, an empty ledger beside it, and settings that mail to a given port."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import yaml

from deliveries.settings import DeliverySettings
from ingestion.settings import Settings

MARTS = Path(__file__).parents[2] / "dbt_project" / "models" / "marts"
READ = (
    *("fct_notification_events", "fct_account_briefs", "fct_feedback", "fct_csm_handoffs", "fct_coverage_work_list"),
    *("fct_feedback_trends", "dim_accounts", "dim_csms"),
)
OPENED = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=5)


def notice(number: int, **other: Any) -> dict[str, Any]:
    """A row of fct_notification_events as the mart would write it."""
    return {
        "notification_id": hashlib.md5(f"zendesk/global|{number}".encode()).hexdigest(),
        "source": "zendesk/global",
        "ticket_id": number,
        "disposition": "notify",
        "kind": "ticket_opened",
        "account_source": "salesforce/main",
        "account_id": "0014M00001sGJ8xQAG",
        "account_name": "Alpine Robotics",
        "csm_user_id": "0054M000001AbCdQAK",
        "csm_name": "Carla Sanchez",
        "csm_email": "carla@example.com",
        "csm_source": "account",
        "contact_id": 55,
        "contact_name": "Ada Lovelace",
        "contact_email": "ada@alpine.example",
        "ticket_subject": f"Runner {number} is stuck",
        "ticket_url": f"https://gitlab.zendesk.com/tickets/{number}",
        "has_duplicate_cases": False,
        "is_on_behalf": False,
        "opened_at": OPENED + timedelta(seconds=number % 60),
    } | other


def publish(data_dir: Path, notices: Sequence[Mapping[str, Any]], **marts: Sequence[Mapping[str, Any]]) -> Path:
    """Writes the marts that deliveries read, with the columns of their contracts, over what was published before.

    `marts` are rows by the name of their mart.
    """
    path = Settings(data_dir=data_dir).published_path
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".new")
    beside.unlink(missing_ok=True)
    with duckdb.connect(str(beside)) as connection:
        connection.execute("create schema marts")
        connection.execute("create table marts.snapshot as select now() as as_of")
        for mart, columns in _contracts().items():
            connection.execute(f"create table marts.{mart} ({', '.join(columns)})")
        for mart, rows in ({"fct_notification_events": notices} | marts).items():
            for row in rows:
                places = ", ".join("?" * len(row))
                connection.execute(f"insert into marts.{mart} ({', '.join(row)}) values ({places})", list(row.values()))
    beside.replace(path)
    return path


def _contracts() -> dict[str, list[str]]:
    found = {}
    for file in MARTS.glob("*/*.yml"):
        for model in yaml.safe_load(file.read_text()).get("models", ()):
            if model["name"] in READ:
                found[model["name"]] = [f"{c['name']} {c['data_type']}" for c in model["columns"]]
    return found


def mailing(data_dir: Path, port: int, **other: Any) -> DeliverySettings:
    return DeliverySettings(
        **{
            "data_dir": data_dir,
            "deliveries_file": data_dir / "deliveries.toml",
            "delivery_mode": "send",
            "delivery_backoff_seconds": 0,
            "smtp_host": "127.0.0.1",
            "smtp_port": port,
            "smtp_security": "none",
            "mail_from": "signals@example.com",
            **other,
        }
    )
