"""Every number and text of the sandbox that no recording confirms: a better observation is one edit."""

# -- Zendesk: exports -------------------------------------------------------------------------
WITHHELD_SECONDS = {"tickets": 60, "ticket_events": 60, "users": 60, "organizations": 60}
START_TIME_MIN_AGE_SECONDS = 60
START_TIME_TOO_RECENT_CURSOR = {
    "error": "StartTimeTooRecent",
    "description": "Too recent start_time. Use a start_time older than 1 minute",
}
START_TIME_TOO_RECENT_TIME = {
    "error": "InvalidValue",
    "description": "Too recent start_time. Use a start_time older than 1 minute",
}
INVALID_CURSOR = {"error": "InvalidCursor", "description": "cursor is not valid"}
EXPORT_PAGE_ROWS = 1000
# "recorded": a page cut short ends one second after its last row, the final page on its last row's own second.
END_TIME_MODE = "recorded"  # or "last_plus_one", "last_inclusive"
# A walk that begins in a window without rows still gets a cursor to keep.
EMPTY_EXPORT_HAS_CURSOR = True

# -- Zendesk: quotas --------------------------------------------------------------------------
ACCOUNT_PER_MINUTE = 400
EXPORTS_PER_MINUTE = 10
USERS_CURSOR_PER_MINUTE = 20
TICKET_FIELDS_PER_MINUTE = 20
GUIDE_PER_MINUTE = 400
TOO_MANY_REQUESTS = {
    "error": "APIRateLimitExceeded",
    "description": "Number of allowed API requests per minute exceeded",
}
TOKEN_SECONDS = 1800

# -- Zendesk: lists ---------------------------------------------------------------------------
LIST_PAGE_ROWS = 100
SURVEY_PAGE_ROWS = 50
OFFSET_DEPTH_ROWS = 10_000

# -- Zendesk: what deleting, purging and merging leave behind ---------------------------------
DELETED_USER_HAS_EMAIL = False
DELETED_USER_MOVES_UPDATED_AT = True
PURGED_USER_NAME = "Permanently Deleted User"
SCRUBBED_TEXT = "SCRUBBED"
ORGANIZATION_DELETE_REACHES_USERS_SECONDS = 1
ORGANIZATION_DELETE_REACHES_TICKETS_SECONDS = 3
MEMBERSHIP_CHANGE_MOVES_USER = True
MERGE_TAG = "closed_by_merge"
MERGE_SOURCE_COMMENT = 'This request was closed and merged into request #{target} "{subject}".'
MERGE_TARGET_COMMENT = 'Request #{source} "{subject}" was closed and merged into this request.'
# A creation names the organization even when there is none.
CREATE_EVENT_WITH_NULL_ORGANIZATION = True

# -- Zendesk: surveys -------------------------------------------------------------------------
SURVEY_OPEN_DAYS = 28

# -- Salesforce -------------------------------------------------------------------------------
SALESFORCE_VERSION = "68.0"
SALESFORCE_VERSION_LABEL = "Winter '27"
SALESFORCE_OLDEST_VERSION = 41
SESSION_SECONDS = 7200
QUERY_PAGE_ROWS = 2000
QUERY_LOCATORS_KEPT = 200
BULK_PAGE_ROWS = 50_000
# `/deleted` looks this far back; the recycle bin itself is emptied by a world's `purge` only.
DELETED_LIST_DAYS = 30
DAILY_API_REQUESTS = 15_000
ORGANIZATION_ID = "00D5g00000SandboxE"

# -- GitLab -----------------------------------------------------------------------------------
# The project that feedback is written to is there in every world, also in one that says nothing about GitLab.
FEEDBACK_PROJECT = (278_964, "gitlab-com/support/feedback")
FEEDBACK_PROJECT_SINCE = "2020-01-01T00:00:00Z"
GITLAB_PAGE_ROWS = 20
GITLAB_PAGE_ROWS_MOST = 100

# -- Hosts that record urls show, whatever address the sandbox is reached by -------------------
ZENDESK_HOSTS = {"global": "gitlab.zendesk.com", "us_government": "gitlab-federal-support.zendesk.com"}
SALESFORCE_HOST = "gitlab.my.salesforce.com"
GITLAB_HOST = "gitlab.com"

# -- The log of requests that tests read ------------------------------------------------------
REQUESTS_KEPT = 20_000

# A world without a single change still needs a clock.
EMPTY_WORLD_NOW = "2026-01-01T00:00:00Z"
NOW_AFTER_LAST_CHANGE_SECONDS = 61
