"""What the log says about GitLab: the collaboration projects that organizations name, and where an issue lives."""

from typing import NamedTuple

from ingestion import event_log
from ingestion.mapping import Signals, mapped
from ingestion.settings import Settings

ORGANIZATIONS = f"{event_log.SCHEMA}.zendesk__organization_events"
NAMED = f"""
    with newest as (
        select arg_max(payload, (occurred_at, recorded_at, position)) as payload
        from {ORGANIZATIONS} where source = $source
        group by entity_id
    )
    select distinct payload -> 'organization_fields' ->> $field as project_id from newest
    where regexp_full_match(payload -> 'organization_fields' ->> $field, '[0-9]{{1,15}}')
"""


def wanted_projects(settings: Settings, signals: Signals) -> list[str]:
    """Project ids from the newest payload of each organization; what is no number is a coverage gap, not a project."""
    with event_log.writer_lock(settings), event_log.connected(settings) as connection:
        sources = connection.execute(f"select distinct source from {ORGANIZATIONS}").fetchall()
        found = {
            project_id
            for (source,) in sources
            if (field := mapped(signals, "zendesk.organization", source).get("collaboration_project_id"))
            for (project_id,) in connection.execute(NAMED, {"source": source, "field": field}).fetchall()
        }
    return sorted(found, key=int)


def new_projects(settings: Settings, signals: Signals) -> bool:
    """Whether an organization names a project that has never been asked for."""
    wanted = set(wanted_projects(settings, signals))
    if not wanted:
        return False
    with event_log.writer_lock(settings), event_log.connected(settings) as connection:
        known = connection.execute(
            f"select distinct entity_id from {event_log.SCHEMA}.gitlab__project_events"
        ).fetchall()
    return not wanted <= {entity_id for (entity_id,) in known}


class IssuePlace(NamedTuple):
    """Issues are asked for by the number that they have in their project."""

    project_id: int
    iid: int


def issue_place(settings: Settings, source: str, entity_id: str) -> IssuePlace | None:
    with event_log.writer_lock(settings), event_log.connected(settings) as connection:
        row = connection.execute(
            f"""
            select arg_max((payload ->> 'project_id')::bigint, (recorded_at, position)),
                arg_max((payload ->> 'iid')::bigint, (recorded_at, position))
            from {event_log.SCHEMA}.gitlab__issue_events where source = ? and entity_id = ?
            """,
            [source, entity_id],
        ).fetchone()
    return IssuePlace(*row) if row and None not in row else None
