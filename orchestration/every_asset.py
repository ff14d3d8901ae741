"""What every asset of this code location has."""

import dagster as dg

OWNERS = ["team:data"]
# For a disk that hiccups or a child process that was killed: what is known to fail again asks for no retry.
ONCE_MORE = dg.RetryPolicy(max_retries=1, delay=5)
