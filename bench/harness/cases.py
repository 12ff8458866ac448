"""The operations that are measured, each with the route where the floor does the same."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from harness import graphql
from harness.globalids import global_id
from harness.seed import BEGINNING, Seed

DEVICE = "id name status site { id name tenant { id name } }"
DEVICE_IDS = "{ devices(first: 100) { nodes { id } } }"
DEVICES = f"{{ devices(first: 100) {{ nodes {{ {DEVICE} }} }} }}"
NODE = f"query($id: ID!) {{ node(id: $id) {{ ... on Device {{ {DEVICE} }} }} }}"
VIEWER = "{ viewer { user { id name } level permissions memberships { role tenant { id name } } } }"
ARGUMENTS = "where: {status: $status}, orderBy: {field: NAME}"
PAGE = ("query($status: [DeviceStatus!]!, $after: String) { devices(first: 100, after: $after, " + ARGUMENTS + ") { "
        "nodes { " + DEVICE + " } pageInfo { hasNextPage endCursor } } }")
BACKWARDS = ("query($status: [DeviceStatus!]!, $last: Int!, $before: String) { devices(last: $last, before: $before, "
             + ARGUMENTS + ") { totalCount pageInfo { startCursor } } }")
REQUEST = ("query($id: ID!) { serverRequest(id: $id) { id name status priority project { id name } "
           "requester { id name } latestDeployment { id status progress { finished planned } events(last: 50) { "
           "nodes { sequence kind at host taskIndex text } } } } }")
APPROVE = ("mutation($input: ApproveServerRequestInput!) { approveServerRequest(input: $input) { "
           "serverRequest { id name status } userErrors { code message } } }")
PLAN = "query($id: ID!) { serverRequest(id: $id) { plan { digest } } }"

NAMES = ("devices", "device", "viewer", "first_page", "deep_page", "request", "approve")

IN_USE = ["ONLINE", "OFFLINE", "MAINTENANCE", "ERROR"]
# Of a list of 19,600 at scale 1.
DEEP_ROW = 19_000
LARGEST_PAGE = 100


@dataclass
class Case:
    """An operation: who asks for it, and how."""

    name: str
    title: str
    route: str
    token: str
    query: str
    variables: dict[str, Any] = field(default_factory=dict)
    # For one that is asked with other variables each time: those, in turn.
    in_turn: list[dict[str, Any]] = field(default_factory=list)
    # For an operation that can be done once to each object: the variables of every time.
    each: list[dict[str, Any]] = field(default_factory=list)
    # What makes it possible to do it again.
    undo: str | None = None

    def bodies(self) -> list[bytes]:
        return [graphql.encoded(self.query, variables) for variables in self.each or self.in_turn or [self.variables]]


def reading(seed: Seed, url: str, sign_in: Callable[[str], str], admin: str) -> list[Case]:
    """The cases that change nothing."""
    member, both, staff = sign_in(seed.named.member), sign_in(seed.named.both), sign_in(admin)
    # Each request asks for another one, as programs do.
    devices = graphql.ask(url, member, DEVICE_IDS, {})["devices"]["nodes"]
    request = {"id": global_id("ServerRequest", *seed.named.request)}
    row = DEEP_ROW * seed.scale
    deep = {"status": IN_USE, "after": cursor_of_row(url, staff, row)}
    return [
        Case("devices", "100 devices with site and tenant", "/devices", member, DEVICES),
        Case("device", "One device by id", "/device", member, NODE, in_turn=devices),
        Case("viewer", "Viewer with memberships", "/viewer", both, VIEWER),
        Case("first_page", "Filtered list, first page", "/devices-page", staff, PAGE, {"status": IN_USE, "after": None}),
        Case("deep_page", f"Filtered list, after row {row:,}", "/devices-page", staff, PAGE, deep),
        Case("request", "Request with 50 events", "/request", member, REQUEST, request),
    ]


def approving(seed: Seed, url: str, sign_in: Callable[[str], str], admin: str) -> Case:
    """The case that decides."""
    staff = sign_in(admin)
    ids = [global_id("ServerRequest", *request) for request in seed.named.pending]
    digest = graphql.ask(url, staff, PLAN, {"id": ids[0]})["serverRequest"]["plan"]["digest"]
    each = [{"input": {"id": request, "planDigest": digest}} for request in ids]
    tenant = seed.named.pending[0][0]
    # What was approved before the bench began is another's, and stays.
    undo = ("update server_request set status = 'pending', approved_plan = null, approved_digest = null, "
            f"decided_by = null, decided_at = null where tenant_id = '{tenant}' and status = 'approved' "
            f"and decided_at > '{BEGINNING.isoformat()}'")
    return Case("approve", "Approval of a request", "/approve", staff, APPROVE, each=each, undo=undo)


def cursor_of_row(url: str, token: str, row: int) -> str:
    """The cursor of a row, found by the API from the end of the list."""
    variables: dict[str, Any] = {"status": IN_USE, "last": 1, "before": None}
    left = graphql.ask(url, token, BACKWARDS, variables)["devices"]["totalCount"] - row + 1
    if left < LARGEST_PAGE:
        raise graphql.Refused(f"the list is too short for a page after row {row}")
    while left > 0:
        variables["last"] = min(left, LARGEST_PAGE)
        variables["before"] = graphql.ask(url, token, BACKWARDS, variables)["devices"]["pageInfo"]["startCursor"]
        left -= variables["last"]
    return variables["before"]
