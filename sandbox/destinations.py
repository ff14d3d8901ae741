"""Host and path of a request -> the system, the instance, and the path inside it."""

from collections.abc import Collection
from dataclasses import dataclass

from sandbox.settings import GITLAB_HOST, ZENDESK_HOSTS

MAIN = "main"


@dataclass(frozen=True, slots=True)
class Destination:
    """`prefix` is what the path lost; links of answers lead back through it."""

    system: str
    instance: str | None
    path: str
    prefix: str = ""


_INSTANCES = {host.partition(".")[0]: name for name, host in ZENDESK_HOSTS.items()}


def find(host: str, path: str, instances: Collection[str], orgs: Collection[str] = (MAIN,)) -> Destination | None:
    """None when neither the host nor the path says where it goes, or the Zendesk instance is not in the world."""
    first, _, rest = path.lstrip("/").partition("/")
    if first == "_sandbox":
        return Destination("control", None, "/" + rest)
    if first == "zendesk":
        instance, _, inside = rest.partition("/")
        return Destination("zendesk", instance, "/" + inside, f"/zendesk/{instance}") if instance in instances else None
    if first == "salesforce":
        org, _, inside = rest.partition("/")
        if org in orgs:
            return Destination("salesforce", org, "/" + inside, f"/salesforce/{org}")
        return Destination("salesforce", MAIN, "/" + rest, "/salesforce")
    if first == "gitlab":
        return Destination("gitlab", None, "/" + rest, "/gitlab")
    name = host.partition(":")[0].lower()
    if name.endswith(".salesforce.com") or first == "services":
        return Destination("salesforce", _org(name, orgs), path)
    if name == GITLAB_HOST or path.startswith("/api/v4/"):
        return Destination("gitlab", None, path)
    if name.endswith((".zendesk.com", ".localhost")) or path.startswith(("/api/v2/", "/oauth/")):
        return Destination("zendesk", _instance(name, instances), path)
    return None


def _instance(host: str, instances: Collection[str]) -> str:
    subdomain = host.partition(".")[0]
    name = _INSTANCES.get(subdomain) or subdomain.replace("-", "_")
    return name if name in instances else "global"


def _org(host: str, orgs: Collection[str]) -> str:
    """`acme--government.my.salesforce.com` and `government.my.salesforce.com` are the org of that name."""
    name = host.partition(".")[0].rpartition("--")[2].replace("-", "_")
    return name if host.endswith(".my.salesforce.com") and name in orgs else MAIN
