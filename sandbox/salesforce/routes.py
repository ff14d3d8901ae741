"""Every path of an org, and who answers it."""

from sandbox.http import Route, Routes
from sandbox.salesforce import (
    async_batches,
    async_jobs,
    async_results,
    bulk,
    bulk_results,
    composite,
    oauth,
    replication,
    resources,
    rest,
    soap,
    writes,
)

DATA = "/services/data/v{version}"
ASYNC = "/services/async/{version}/job"
ROUTES = Routes(
    [
        Route("POST", "/services/oauth2/token", oauth.issue),
        Route("POST", "/services/Soap/u/{version}", soap.login),
        Route("GET", "/services/data", resources.versions),
        Route("GET", DATA, resources.root),
        Route("GET", f"{DATA}/query", rest.query),
        Route("GET", f"{DATA}/queryAll", rest.query_all),
        Route("GET", f"{DATA}/query/{{locator}}", rest.query_more),
        Route("GET", f"{DATA}/queryAll/{{locator}}", rest.query_more),
        Route("GET", f"{DATA}/limits", resources.limits),
        Route("GET", f"{DATA}/sobjects", resources.sobjects),
        Route("GET", f"{DATA}/sobjects/{{object}}", resources.sobject),
        Route("GET", f"{DATA}/sobjects/{{object}}/describe", resources.describe),
        Route("GET", f"{DATA}/sobjects/{{object}}/deleted", replication.deleted),
        Route("GET", f"{DATA}/sobjects/{{object}}/updated", replication.updated),
        Route("GET", f"{DATA}/sobjects/{{object}}/{{id}}", resources.record),
        Route("POST", f"{DATA}/sobjects/{{object}}", writes.create),
        Route("PATCH", f"{DATA}/sobjects/{{object}}/{{id}}", writes.update),
        Route("DELETE", f"{DATA}/sobjects/{{object}}/{{id}}", writes.delete),
        Route("GET", f"{DATA}/sobjects/{{object}}/{{field}}/{{value}}", writes.by_external_id),
        Route("PATCH", f"{DATA}/sobjects/{{object}}/{{field}}/{{value}}", writes.upsert),
        Route("DELETE", f"{DATA}/sobjects/{{object}}/{{field}}/{{value}}", writes.delete_by_external_id),
        Route("POST", f"{DATA}/composite/sobjects", composite.create),
        Route("PATCH", f"{DATA}/composite/sobjects", composite.update),
        Route("DELETE", f"{DATA}/composite/sobjects", composite.delete),
        Route("PATCH", f"{DATA}/composite/sobjects/{{object}}/{{field}}", composite.upsert),
        Route("POST", f"{DATA}/jobs/query", bulk.create),
        Route("GET", f"{DATA}/jobs/query", bulk.listed),
        Route("GET", f"{DATA}/jobs/query/{{job}}", bulk.status),
        Route("PATCH", f"{DATA}/jobs/query/{{job}}", bulk.abort),
        Route("DELETE", f"{DATA}/jobs/query/{{job}}", bulk.delete),
        Route("GET", f"{DATA}/jobs/query/{{job}}/results", bulk_results.results),
        Route("POST", ASYNC, async_jobs.create),
        Route("GET", f"{ASYNC}/{{job}}", async_jobs.status),
        Route("POST", f"{ASYNC}/{{job}}", async_jobs.change),
        Route("POST", f"{ASYNC}/{{job}}/batch", async_batches.add),
        Route("GET", f"{ASYNC}/{{job}}/batch", async_batches.listed),
        Route("GET", f"{ASYNC}/{{job}}/batch/{{batch}}", async_batches.status),
        Route("GET", f"{ASYNC}/{{job}}/batch/{{batch}}/request", async_batches.request),
        Route("GET", f"{ASYNC}/{{job}}/batch/{{batch}}/result", async_results.listed),
        Route("GET", f"{ASYNC}/{{job}}/batch/{{batch}}/result/{{result}}", async_results.rows),
    ]
)
