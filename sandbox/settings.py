"""Every number and text of the sandbox that no recording confirms: a better observation is one edit."""

# -- Zendesk: exports -------------------------------------------------------------------------
WITHHELD_SECONDS = {"tickets": 60, "ticket_events": 60, "users": 60, "organizations": 60, "metric_events": 60}
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
# "last_plus_one" and "last_inclusive" do on every page what their name says, as older accounts did.
END_TIME_MODE = "recorded"
# `python -m sandbox serve --end-time-mode` chooses.
END_TIME_MODES = ("recorded", "last_plus_one", "last_inclusive")
# A walk that begins in a window without rows still gets a cursor to keep.
EMPTY_EXPORT_HAS_CURSOR = True
# Clients look at their first metric event with start_time=now, which is no error.
METRIC_EVENTS_REFUSE_RECENT_START = False
METRIC_SLA_TARGET_MINUTES = 60
# Seconds from a creation that has an `sla_policy` to the empty audit that follows it; None: there is none.
SLA_FOLLOW_ON_SECONDS: int | None = None

# -- Zendesk: quotas --------------------------------------------------------------------------
ACCOUNT_PER_MINUTE = 400
EXPORTS_PER_MINUTE = 10
USERS_CURSOR_PER_MINUTE = 20
TICKET_FIELDS_PER_MINUTE = 20
# Per route.
GUIDE_PER_MINUTE = 400
TICKETS_INDEX_PER_MINUTE = 100
TICKETS_INDEX_DEEP_PER_MINUTE = 50
TICKETS_INDEX_DEEP_FROM_PAGE = 501
DELETED_TICKETS_PER_MINUTE = 10
DELETED_TICKETS_DEEP_PER_MINUTE = 5
DELETED_TICKETS_DEEP_FROM_PAGE = 101
SEARCH_EXPORT_PER_MINUTE = 100
TOO_MANY_REQUESTS = {
    "error": "APIRateLimitExceeded",
    "description": "Number of allowed API requests per minute exceeded",
}
TOKEN_SECONDS = 1800
TOKEN_SECONDS_MOST = 172_800

# -- Zendesk: scopes --------------------------------------------------------------------------
# Any other name is accepted when a token is issued, and every request of that token is then refused.
SCOPE_RESOURCES = frozenset({
    "any_channel", "apps", "auditlogs", "automations", "dynamic_content", "hc", "macros", "organizations", "requests",
    "satisfaction_ratings", "targets", "tickets", "triggers", "users", "web_widget", "webhooks", "zis",
})  # fmt: skip
MISSING_SCOPE = {"error": "forbidden", "description": "Missing the following required scopes: read"}

# -- Zendesk: lists ---------------------------------------------------------------------------
LIST_PAGE_ROWS = 100
SURVEY_PAGE_ROWS = 50
OFFSET_DEPTH_ROWS = 10_000
SEARCH_DEPTH_ROWS = 1000
SEARCH_EXPORT_PAGE_ROWS = 1000
SEARCH_TOO_DEEP = {
    "error": "unprocessable",
    "description": "Requested response size was greater than Search Response Limits",
}
AUDITS_LEGACY_PAGE_ROWS = 200
# Closed tickets leave the lists after this time; exports and the address of the ticket still show them.
ARCHIVED_AFTER_DAYS = 120
DELETED_TICKETS_LIST_DAYS = 30

# -- Zendesk: what deleting, purging and merging leave behind ---------------------------------
DELETED_USER_HAS_EMAIL = False
DELETED_USER_MOVES_UPDATED_AT = True
PURGED_USER_NAME = "Permanently Deleted User"
SCRUBBED_TEXT = "SCRUBBED"
ORGANIZATION_DELETE_REACHES_USERS_SECONDS = 1
ORGANIZATION_DELETE_REACHES_TICKETS_SECONDS = 3
MEMBERSHIP_CHANGE_MOVES_USER = True
IDENTITY_CHANGE_MOVES_USER = True
USER_MERGE_REACHES_TICKETS_SECONDS = 1
MERGE_TAG = "closed_by_merge"
MERGE_SOURCE_COMMENT = 'This request was closed and merged into request #{target} "{subject}".'
MERGE_TARGET_COMMENT = 'Request #{source} "{subject}" was closed and merged into this request.'
REDACTION_MARK = "▇"
REDACTED_ATTACHMENT = {"file_name": "redacted.txt", "content_type": "text/plain", "size": 1}
# A creation names the organization even when there is none.
CREATE_EVENT_WITH_NULL_ORGANIZATION = True

# -- Zendesk: surveys -------------------------------------------------------------------------
SURVEY_OPEN_DAYS = 28

# -- Salesforce: versions, limits and sessions ------------------------------------------------
SALESFORCE_VERSION = 68
SALESFORCE_OLDEST_VERSION = 31
# Older versions answer with a `Warning` header.
SALESFORCE_OLDEST_VERSION_WITHOUT_WARNING = 41
SALESFORCE_GONE = [{"errorCode": "UNSUPPORTED_API_VERSION", "message": "This API version is no longer supported"}]
SESSION_SECONDS = 7200
DAILY_API_REQUESTS = 15_000
DAILY_BULK_BATCHES = 15_000
DAILY_BULK_QUERY_JOBS = 10_000
# Address and headers together.
SALESFORCE_REQUEST_BYTES = 16_384
SALESFORCE_URI_TOO_LONG_STATUS = 414
SALESFORCE_HEADERS_TOO_LONG_STATUS = 431
ORGANIZATION_ID = "00D5g00000SandboxE"

# -- Salesforce: sign-in ----------------------------------------------------------------------
# A refresh gives a new refresh token, and the old one dies.
REFRESH_TOKEN_ROTATION = False
CLIENT_CREDENTIALS_NEED_MY_DOMAIN = True
JWT_SECONDS = 180
JWT_AUDIENCES = ("https://login.salesforce.com", "https://test.salesforce.com")
SOAP_LOGIN_ENABLED = True
SOAP_LOGIN_GONE_FROM_VERSION = 65

# -- Salesforce: query ------------------------------------------------------------------------
QUERY_PAGE_ROWS = 2000
QUERY_LOCATORS_KEPT = 200
QUERY_LOCATOR_SECONDS = 2 * 86_400
SOQL_CHARACTERS = 100_000
SOQL_OFFSET_ROWS = 2000
# 0 is Monday: where LAST_WEEK and its like begin.
WEEK_STARTS_ON = 6

# -- Salesforce: deletions --------------------------------------------------------------------
# What lies longer in the recycle bin is gone from queryAll.
RECYCLE_BIN_DAYS = 15
# `/deleted` and `/updated` look this far back.
REPLICATION_DAYS = 30
MERGE_MOVES_CHILDREN_STAMP = True

# -- Salesforce: bulk -------------------------------------------------------------------------
BULK_PAGE_ROWS = 50_000
# UploadComplete, then InProgress until the job was looked at so often.
BULK_LOOKS_UNTIL_DONE = 2
BULK_COLUMNS_IN_SERVER_ORDER = True
BULK_REFUSED_TYPES = ("address", "location", "base64")
BULK_GZIP = True
BULK_JOB_DAYS = 7
BULK_ONE_ENABLED = True
BULK_ONE_LOOKS_UNTIL_DONE = 1
BULK_ONE_CHUNK_ROWS = 100_000
BULK_ONE_NOTHING_FOUND = "Records not found for this query"

# -- Salesforce: writes -----------------------------------------------------------------------
COLLECTION_RECORDS = 200
COMPOSITE_REQUESTS = 25
# An upsert that updates answers with a body from this version on.
UPSERT_TELLS_OF_UPDATES_FROM_VERSION = 46
CLOSED_CASE_STATUSES = ("Closed",)

# -- GitLab -----------------------------------------------------------------------------------
# The project that feedback is written to is there in every world, also in one that says nothing about GitLab.
FEEDBACK_PROJECT = (278_964, "gitlab-com/support/feedback")
FEEDBACK_PROJECT_SINCE = "2020-01-01T00:00:00Z"
GITLAB_PAGE_ROWS = 20
GITLAB_PAGE_ROWS_MOST = 100

# -- Hosts that record urls show, whatever address the sandbox is reached by -------------------
ZENDESK_HOSTS = {"global": "gitlab.zendesk.com", "us_government": "gitlab-federal-support.zendesk.com"}
SALESFORCE_HOST = "gitlab.my.salesforce.com"
SALESFORCE_LOGIN_HOSTS = ("login.salesforce.com", "test.salesforce.com")
GITLAB_HOST = "gitlab.com"

# -- The log of requests that tests read ------------------------------------------------------
REQUESTS_KEPT = 20_000

# A world without a single change still needs a clock.
EMPTY_WORLD_NOW = "2026-01-01T00:00:00Z"
NOW_AFTER_LAST_CHANGE_SECONDS = 61
