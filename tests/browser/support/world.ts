import { expect, vi } from 'vitest';
import type { Stage } from './browser';

export const LOCAL_PROJECT = 'Local demo';
export const LOCAL_SERVER = 'local-demo-01';
export const LOCAL_SCRIPT = 'Local service';

const RUN_MS = 90_000;

type Api = Awaited<ReturnType<Stage['api']>>;

export interface NewRequest {
  projectId: string;
  name: string;
  scriptId?: string;
  targetServerId?: string;
}

/** Which clients used a field, with their versions, as far as that was written down. */
export async function clientsOf(admin: Api, field: string): Promise<string[]> {
  const query = 'query ($where: FieldUsageWhere) { fieldUsage(first: 100, where: $where) { nodes { client version } } }';
  const { fieldUsage } = await admin.query<{ fieldUsage: { nodes: { client: string; version: string }[] } }>(query, { where: { field } });
  return fieldUsage.nodes.map(({ client, version }) => `${client} ${version}`);
}

/** Files a request that differs from others only in what matters here. */
export function fileRequest(api: Api, request: NewRequest): Promise<string> {
  const input = {
    serverType: 'WEB',
    cpu: 2,
    memoryGb: 4,
    storageGb: 50,
    operatingSystem: 'Debian 12',
    applicationType: 'Service page',
    priority: 'HIGH',
    expectedUsage: 'MEDIUM',
    justification: 'The sales team shows this service to clients every week.',
    ...request,
  };
  return api.mutate('createServerRequest', input, 'serverRequest');
}

/** Files a request that can be approved as it is. */
export async function fileLocalRequest(api: Api, name: string): Promise<string> {
  const [projectId, scriptId, targetServerId] = await Promise.all([
    api.find('projects', LOCAL_PROJECT),
    api.find('scripts', LOCAL_SCRIPT),
    api.find('servers', LOCAL_SERVER),
  ]);
  return fileRequest(api, { projectId, name, scriptId, targetServerId });
}

export async function approve(api: Api, id: string): Promise<void> {
  const { serverRequest } = await api.query<{ serverRequest: { plan: { digest: string } } }>(
    'query ($id: ID!) { serverRequest(id: $id) { plan { digest } } }',
    { id },
  );
  const input = { id, planDigest: serverRequest.plan.digest, note: 'Within the budget.' };
  await api.mutate('approveServerRequest', input, 'serverRequest');
}

/** Waits until a deployment is in one of these states. */
export async function reaches(api: Api, id: string, ...states: string[]): Promise<void> {
  await vi.waitFor(
    async () => {
      const { deployment } = await api.query<{ deployment: { status: string } }>(
        'query ($id: ID!) { deployment(id: $id) { status } }',
        { id },
      );
      if (!states.includes(deployment.status)) throw new Error(`It is ${deployment.status}, not ${states.join(' or ')}.`);
    },
    { timeout: RUN_MS, interval: 250 },
  );
}

/** Something in every state that pages show, on top of the demo's data. */
export interface World {
  /** By what became of them. */
  requests: Record<'complete' | 'incomplete' | 'own' | 'approved' | 'rejected' | 'deployed' | 'nova' | 'acme', string>;
  deployments: Record<'completed' | 'failed' | 'running', string>;
  projects: Record<'local' | 'nova' | 'acme', string>;
  servers: Record<'local' | 'nova' | 'acme', string>;
  script: string;
  tenant: string;
}

export async function furnish(stage: Stage): Promise<World> {
  const [admin, technician, sales] = await Promise.all([stage.api('admin'), stage.api('tech_agent'), stage.api('sales_agent')]);
  const tenant = await admin.find('tenants', 'Acme Corporation');
  const acme = await admin.mutate('createProject', { tenantId: tenant, name: 'Acme portal', description: 'What Acme’s customers see.' }, 'project');
  const projects = {
    local: await admin.find('projects', LOCAL_PROJECT),
    nova: await admin.find('projects', 'Nova HR'),
    acme,
  };
  const servers = {
    local: await admin.find('servers', LOCAL_SERVER),
    nova: await admin.find('servers', 'nova-hr-web-01'),
    acme: await admin.mutate('registerServer', { projectId: acme, name: 'acme-portal-01', address: '192.0.2.50', type: 'cx21' }, 'server'),
  };
  const script = await admin.find('scripts', LOCAL_SCRIPT);

  const requests = {
    complete: await fileLocalRequest(sales, 'showroom-pending'),
    incomplete: await fileRequest(sales, { projectId: projects.local, name: 'showroom-incomplete' }),
    own: await fileLocalRequest(admin, 'showroom-of-admin'),
    approved: await fileLocalRequest(sales, 'showroom-approved'),
    rejected: await fileLocalRequest(sales, 'showroom-rejected'),
    deployed: await fileLocalRequest(sales, 'showroom-deployed'),
    nova: await fileRequest(sales, { projectId: projects.nova, name: 'nova-hr-web-02' }),
    acme: await fileRequest(admin, { projectId: acme, name: 'acme-portal-02' }),
  };
  await approve(admin, requests.approved);
  await approve(admin, requests.deployed);
  await admin.mutate('rejectServerRequest', { id: requests.rejected, reason: 'The demo has enough of these.' }, 'serverRequest');

  const command = async (name: string, content: string) => {
    const scriptId = await admin.mutate('createScript', { name, kind: 'SSH', description: 'For the tests of the pages.', content }, 'script');
    return admin.mutate('runScript', { scriptId, serverIds: [servers.local] }, 'deployment');
  };
  const completed = await technician.mutate('deployServerRequest', { id: requests.deployed }, 'deployment');
  await reaches(admin, completed, 'COMPLETED');
  const failed = await command('Fails after a word', 'echo checking\nexit 3\n');
  await reaches(admin, failed, 'FAILED');
  const running = await command('Counts for an hour', 'for number in $(seq 3600); do echo "line $number"; sleep 1; done\n');
  await reaches(admin, running, 'RUNNING');
  await admin.mutate('createAccessToken', { name: 'Nightly report', readOnly: true }, 'accessToken');
  const ended = await admin.mutate('createAccessToken', { name: 'Old exporter' }, 'accessToken');
  await admin.mutate('revokeAccessToken', { id: ended }, 'accessToken');
  await vi.waitFor(async () => expect(await clientsOf(admin, 'Query.projects')).not.toEqual([]), { timeout: 30_000, interval: 500 });
  return { requests, deployments: { completed, failed, running }, projects, servers, script, tenant };
}
