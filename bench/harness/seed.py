"""The rows that are measured: the same ones at every run, whatever the database."""

import hashlib
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from uuid import UUID

TENANTS, SITES_EACH, DEVICES_EACH = 50, 10, 400
REQUESTS_EACH, EVENTS_EACH, EVENTS_OF_MEASURED = 20, 200, 2_000
PENDING = 20_000

BEGINNING = datetime(2026, 1, 1, tzinfo=timezone.utc)
DEVICE_TYPES = ("sensor", "controller", "gateway", "camera", "actuator", "meter", "beacon", "router", "server")
# Of a hundred devices so many are in each state.
STATES = (("online", 80), ("offline", 10), ("maintenance", 5), ("error", 3), ("decommissioned", 2))
SCRIPT = "---\n- hosts: all\n  tasks:\n    - ansible.builtin.ping:\n"
VARIABLES = [{"name": "port", "type": "integer", "label": None, "description": None, "required": True,
              "default": None, "choices": []}]

Value = str | int | bool | None | UUID | datetime | dict | list
Row = dict[str, Value]


@dataclass
class Named:
    """What the cases refer to."""

    member: str = "member@bench.example"
    both: str = "both@bench.example"
    request: tuple[UUID, UUID] | None = None
    live: tuple[UUID, UUID] | None = None
    pending: list[tuple[UUID, UUID]] = field(default_factory=list)


class Seed:
    """Makes the rows, table by table, parents first; `scale` multiplies tenants, sites, devices and the rest."""

    def __init__(self, scale: int) -> None:
        self.scale = scale
        self.named = Named()
        self.random = random.Random(20_260_101)
        self.count = 0
        self.admin = UUID(int=0)
        self.tenants = [self.id() for _ in range(TENANTS * scale)]
        self.people = {name: self.id() for name in ("requester", "manager", "member", "both")}
        self.script, self.revision = self.id(), self.id()
        self.projects = {tenant: self.id() for tenant in self.tenants}
        self.servers = {tenant: self.id() for tenant in self.tenants}
        self.deployed = {tenant: self.id() for tenant in self.tenants}
        self.deployments = {tenant: self.id() for tenant in self.tenants}
        self.sites = {tenant: [self.id() for _ in range(SITES_EACH)] for tenant in self.tenants}

    def id(self) -> UUID:
        """An id of version 7, each a millisecond after the one before."""
        self.count += 1
        milliseconds = int(BEGINNING.timestamp() * 1000) + self.count
        bits = milliseconds << 80 | 7 << 76 | self.random.getrandbits(12) << 64
        return UUID(int=bits | 2 << 62 | self.random.getrandbits(62))

    def tables(self, admin: UUID) -> Iterator[tuple[str, Iterator[Row]]]:
        """The tables with their rows; `admin` is who decided in the past."""
        self.admin = admin
        for name in ("tenant", "user", "membership", "site", "device", "project", "server", "script",
                     "script_revision", "server_request", "deployment", "deployment_event"):
            yield name, getattr(self, f"{name}_rows")()

    def tenant_rows(self) -> Iterator[Row]:
        for number, tenant in enumerate(self.tenants):
            yield {"id": tenant, "slug": f"client-{number}", "name": f"Client {number:04}", "type": "standard",
                   "status": "active", "is_operator": False, **times()}

    def user_rows(self) -> Iterator[Row]:
        people = (("requester", "Sales agent", "regular_user", "billing", False),
                  ("manager", "Technical manager", "regular_user", "technician", True),
                  ("member", "Member of a client", "regular_user", "client", False),
                  ("both", "Consultant of two clients", "regular_user", "client", False))
        for login, name, user_type, level, is_manager in people:
            yield {"id": self.people[login], "name": name, "email": f"{login}@bench.example", "user_type": user_type,
                   "level": level, "is_manager": is_manager, "status": "active", **times()}

    def membership_rows(self) -> Iterator[Row]:
        first, second = self.tenants[:2]
        for tenant, login, role in ((first, "member", "member"), (first, "both", "admin"), (second, "both", "viewer")):
            yield {"tenant_id": tenant, "user_id": self.people[login], "role": role, "status": "active", **times()}

    def site_rows(self) -> Iterator[Row]:
        for tenant, sites in self.sites.items():
            for number, site in enumerate(sites):
                yield {"tenant_id": tenant, "id": site, "name": f"Site {number + 1}", "address": "1 Example Street",
                       "timezone": "Europe/Vienna", **times()}

    def device_rows(self) -> Iterator[Row]:
        states, weights = zip(*STATES)
        for tenant, sites in self.sites.items():
            for number in range(DEVICES_EACH):
                kind = self.random.choice(DEVICE_TYPES)
                yield {"tenant_id": tenant, "id": self.id(), "site_id": sites[number % SITES_EACH],
                       "name": f"{kind}-{self.random.getrandbits(40):010x}", "type": kind,
                       "serial_number": f"SN-{number:06}", "status": self.random.choices(states, weights)[0],
                       "metadata": {"firmware": f"2.{number % 7}.0", "rack": number % 40}, **times(number)}

    def project_rows(self) -> Iterator[Row]:
        for tenant, project in self.projects.items():
            yield {"tenant_id": tenant, "id": project, "name": "Platform", "description": "", "max_servers": 15,
                   "monthly_budget_cents": 50_000, "ssh_user": "deploy", "ssh_port": 22, **times()}

    def server_rows(self) -> Iterator[Row]:
        for tenant, server in self.servers.items():
            yield {"tenant_id": tenant, "id": server, "project_id": self.projects[tenant], "name": "web-1",
                   "address": "127.0.77.1", "status": "running", "deployment_status": "deployed", **times()}

    def script_rows(self) -> Iterator[Row]:
        yield {"id": self.script, "name": "Ping", "description": "", "kind": "ansible", "requires_root": False,
               "current_revision": 1, **times()}

    def script_revision_rows(self) -> Iterator[Row]:
        yield {"id": self.revision, "script_id": self.script, "number": 1, "content": SCRIPT, "variables": VARIABLES,
               "digest": hashlib.sha256(SCRIPT.encode()).hexdigest(), "created_at": BEGINNING}

    def server_request_rows(self) -> Iterator[Row]:
        for tenant in self.tenants:
            for number in range(REQUESTS_EACH):
                request = self.deployed[tenant] if number == 0 else self.id()
                yield self.request(tenant, request, number) | self.decided(tenant, "deployed" if number == 0 else "approved")
        self.named.request = (self.tenants[0], self.deployed[self.tenants[0]])
        second = self.tenants[1]
        for number in range(PENDING):
            request = self.id()
            self.named.pending.append((second, request))
            yield self.request(second, request, number)

    def request(self, tenant: UUID, request: UUID, number: int) -> Row:
        return {"tenant_id": tenant, "id": request, "project_id": self.projects[tenant],
                "requester_id": self.people["requester"], "name": f"app-{number:05}", "server_type": "web", "cpu": 2,
                "memory_gb": 4, "storage_gb": 50, "operating_system": "Debian 12", "priority": "medium",
                "expected_usage": "medium", "justification": "The client needs a place for its application.",
                "script_id": self.script, "target_server_id": self.servers[tenant], "variables": {"port": 8080},
                "status": "pending", **times(number)}

    def decided(self, tenant: UUID, status: str) -> Row:
        plan = self.plan(tenant)
        return {"status": status, "approved_plan": plan, "approved_digest": digest(plan), "decided_by": self.admin,
                "decided_at": BEGINNING}

    def plan(self, tenant: UUID) -> str:
        """A plan of what is run for a tenant, in canonical JSON."""
        script = {"id": str(self.script), "name": "Ping", "kind": "ansible", "revision": 1,
                  "digest": hashlib.sha256(SCRIPT.encode()).hexdigest(), "requires_root": False}
        target = {"id": str(self.servers[tenant]), "name": "web-1", "address": "127.0.77.1", "port": 22,
                  "user": "deploy", "type": None}
        return canonical({"version": 1, "script": script, "targets": [target], "variables": {"port": 8080},
                          "secrets": {}, "monthly_price_cents": None})

    def deployment_rows(self) -> Iterator[Row]:
        for tenant, deployment in self.deployments.items():
            events = EVENTS_OF_MEASURED if tenant == self.tenants[0] else EVENTS_EACH
            yield self.deployment(tenant, deployment, events) | {
                "request_id": self.deployed[tenant], "status": "completed", "tasks_finished": 40, "finished_at": BEGINNING}
        self.named.live = (self.tenants[0], self.id())
        yield self.deployment(*self.named.live, 1) | {"status": "running", "tasks_finished": 0}

    def deployment(self, tenant: UUID, deployment: UUID, events: int) -> Row:
        plan = self.plan(tenant)
        return {"tenant_id": tenant, "id": deployment, "project_id": self.projects[tenant], "script_id": self.script,
                "script_revision_id": self.revision, "plan": plan, "plan_digest": digest(plan),
                "variables": {"port": 8080}, "started_by": self.people["manager"], "tasks_planned": 40,
                "last_sequence": events, "spool_offset": 0, "created_at": BEGINNING, "started_at": BEGINNING}

    def deployment_event_rows(self) -> Iterator[Row]:
        for tenant, deployment in self.deployments.items():
            events = EVENTS_OF_MEASURED if tenant == self.tenants[0] else EVENTS_EACH
            for sequence in range(1, events + 1):
                yield {"tenant_id": tenant, "deployment_id": deployment, "sequence": sequence, "kind": "line",
                       "at": BEGINNING + timedelta(seconds=sequence), "task_index": sequence // 50 + 1,
                       "host": "web-1", "text": f"ok: [web-1] => {{\"changed\": false, \"line\": {sequence}}}"}
        tenant, deployment = self.named.live
        yield {"tenant_id": tenant, "deployment_id": deployment, "sequence": 1, "kind": "status", "at": BEGINNING,
               "status": "running"}


def times(seconds: int = 0) -> Row:
    at = BEGINNING + timedelta(seconds=seconds)
    return {"created_at": at, "updated_at": at}


def canonical(value: Value) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(plan: str) -> str:
    return f"sha256:{hashlib.sha256(plan.encode()).hexdigest()}"
