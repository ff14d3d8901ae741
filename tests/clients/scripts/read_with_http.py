"""Runs in an environment of requests, aiohttp and httpx: what each gets from an address that it was not made for."""

# pyright: reportMissingImports=false

import asyncio
import json
import ssl
import sys
from typing import Any

import aiohttp
import httpx
import requests


async def by_aiohttp(urls: list[str]) -> list[int]:
    """Statuses, verified as strictly as Python can."""
    context = ssl.create_default_context()
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    found = []
    async with aiohttp.ClientSession() as session:
        for url in urls:
            async with session.get(url, ssl=context) as answer:
                found.append(answer.status)
    return found


def by_httpx(urls: list[str]) -> list[int]:
    """Statuses, verified as strictly as Python can."""
    context = ssl.create_default_context()
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    with httpx.Client(verify=context) as client:
        return [client.get(url).status_code for url in urls]


def refusal(url: str) -> str:
    """Why a host that is not the sandbox's cannot be reached."""
    try:
        requests.get(url, timeout=20)
    except requests.exceptions.RequestException as error:
        return str(error)
    return "nothing refused it"


def main(urls: list[str]) -> dict[str, Any]:
    """Statuses by library, in the order of the addresses."""
    return {
        "requests": [requests.get(url, timeout=20).status_code for url in urls],
        "aiohttp": asyncio.run(by_aiohttp(urls)),
        "httpx": by_httpx(urls),
        "elsewhere": refusal("https://www.example.com/"),
        "two_labels": refusal("https://a.b.zendesk.com/"),
    }


if __name__ == "__main__":
    json.dump(main(sys.argv[1:]), sys.stdout)
