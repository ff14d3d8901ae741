"""Runs in the environment of zenpy: leads it to what it is known to do wrong, and prints what it gave."""

# pyright: reportMissingImports=false

import json
import sys
from typing import Any

import requests
from zenpy import Zenpy
from zenpy.lib.exception import APIException


def main(subdomain: str, token: str, what: str, port: str) -> Any:
    """The answer of one experiment."""
    client = Zenpy(subdomain=subdomain, oauth_token=token)
    try:
        match what:
            case "organizations":
                return [row.id for row in client.organizations.incremental(start_time=0, per_page=100)]
            case "users":
                return [row.id for row in client.users.incremental(start_time=0, per_page=50)]
            case "first_organization":
                return next(iter(client.organizations.incremental(start_time=0))).id
    except APIException as error:
        return f"{type(error).__name__}: {error}"
    fresh = Zenpy(subdomain=subdomain, oauth_token=token, disable_cache=True)
    subjects = {"cached": [client.tickets(id=1).subject], "uncached": [fresh.tickets(id=1).subject]}
    change = {"system": "zendesk", "object": "ticket", "id": 1, "set": {"subject": "After"}}
    requests.post(f"https://localhost:{port}/_sandbox/changes", json=change, timeout=20).raise_for_status()
    subjects["cached"].append(client.tickets(id=1).subject)
    subjects["uncached"].append(fresh.tickets(id=1).subject)
    return subjects


if __name__ == "__main__":
    json.dump(main(*sys.argv[1:]), sys.stdout)
