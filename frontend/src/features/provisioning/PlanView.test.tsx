import { createMemoryHistory, createRootRoute, createRoute, createRouter, RouterProvider } from '@tanstack/react-router';
import { screen, within } from '@testing-library/react';
import type { ReactNode } from 'react';
import { expect, it } from 'vitest';
import { renderUi } from '~/test/render';
import { PlanDrift } from './PlanDrift';
import { PlanView } from './PlanView';
import type { Plan } from './request';

const PLAN = {
  digest: 'a'.repeat(64),
  complete: true,
  missing: [],
  scriptName: 'Nginx',
  scriptKind: 'ANSIBLE',
  scriptRevision: 3,
  scriptDigest: 'b'.repeat(64),
  requiresRoot: true,
  scriptContent: '- hosts: all\n',
  files: [{ path: 'roles/web/tasks/main.yml', digest: 'e'.repeat(64) }],
  scriptFiles: [{ path: 'roles/web/tasks/main.yml', content: '- debug:\n' }],
  targets: [{ name: 'nova-hr-web-01', address: '127.0.0.1', port: 22, user: 'deploy', type: 'cx21' }],
  variables: [
    { name: 'site_root', value: '/var/www', secret: false },
    { name: 'api_token', value: 'must-not-appear', secret: true },
  ],
  monthlyPriceCents: 825,
  canonicalJson: '{"script":"Nginx"}',
} as const satisfies Plan;

/** Links need a router around them. */
async function show(element: ReactNode) {
  const root = createRootRoute();
  const routes = [
    createRoute({ getParentRoute: () => root, path: '/', component: () => element }),
    createRoute({ getParentRoute: () => root, path: '/requests/$id/edit' }),
  ];
  const router = createRouter({
    routeTree: root.addChildren(routes),
    history: createMemoryHistory({ initialEntries: ['/'] }),
  });
  await router.load();
  return renderUi(<RouterProvider router={router as never} />);
}

it('shows what would run, where, with which values, at what price', async () => {
  await show(<PlanView plan={PLAN} />);
  expect(await screen.findByText('Nginx, revision 3')).toBeInTheDocument();
  expect(screen.getByText('nova-hr-web-01')).toBeInTheDocument();
  expect(screen.getByText('deploy@127.0.0.1:22')).toBeInTheDocument();
  expect(screen.getByText('€8.25')).toBeInTheDocument();
  expect(screen.getByText(PLAN.digest)).toBeInTheDocument();
  expect(screen.getByRole('button', { name: 'Copy plan digest' })).toBeInTheDocument();
  expect(screen.getByRole('region', { name: 'Plan in canonical JSON', hidden: true })).toHaveTextContent('{"script":"Nginx"}');
  expect(await screen.findByRole('textbox', { name: 'Content of Nginx, revision 3' })).toHaveTextContent('- hosts: all');
  expect(screen.getByText('roles/web/tasks/main.yml')).toBeInTheDocument();
});

it('never shows a secret, whatever the server sends', async () => {
  const { container } = await show(<PlanView plan={PLAN} />);
  const row = (await screen.findByText('api_token')).closest('tr')!;
  expect(within(row).getByText('Secret, given')).toBeInTheDocument();
  expect(container).not.toHaveTextContent('must-not-appear');
});

it('says who may read the content instead of showing nothing', async () => {
  const { scriptContent, scriptFiles, ...withoutContent } = PLAN;
  await show(<PlanView plan={withoutContent} />);
  expect(scriptContent && scriptFiles).toBeTruthy();
  expect(await screen.findByText('The content is shown to those who may deploy.')).toBeInTheDocument();
  expect(screen.getByText(/roles\/web\/tasks\/main\.yml$/)).toBeInTheDocument();
});

it('says what is missing, and where to complete it only to those who may', async () => {
  const plan: Plan = {
    ...PLAN,
    digest: null,
    complete: false,
    missing: ['where to run it: a target server', 'a value for port'],
    targets: [],
    variables: [],
    monthlyPriceCents: null,
    canonicalJson: '',
  };
  const { unmount } = await show(<PlanView plan={plan} given={{ site_root: '/srv' }} completeId="r1" />);
  expect(await screen.findByText('where to run it: a target server')).toBeInTheDocument();
  expect(screen.getByText('a value for port')).toBeInTheDocument();
  expect(screen.getByText('/srv')).toBeInTheDocument();
  expect(screen.queryByText('Digest of the plan')).not.toBeInTheDocument();
  expect(screen.getByRole('link', { name: 'Complete the plan' })).toHaveAttribute('href', '/requests/r1/edit');
  unmount();
  await show(<PlanView plan={plan} />);
  await screen.findByText('The plan is not complete');
  expect(screen.queryByRole('link', { name: 'Complete the plan' })).not.toBeInTheDocument();
});

it('shows what changed since the approval, and nothing where nothing did', async () => {
  const now: Plan = { ...PLAN, digest: 'c'.repeat(64), scriptRevision: 4, scriptDigest: 'd'.repeat(64) };
  const { unmount } = await show(<PlanDrift approved={PLAN} now={now} />);
  const table = await screen.findByRole('table', { name: /^Differences/ });
  const row = within(table).getByRole('rowheader', { name: 'Script' }).closest('tr')!;
  expect(within(row).getByText('Nginx, revision 3')).toBeInTheDocument();
  expect(within(row).getByText('Nginx, revision 4')).toBeInTheDocument();
  expect(within(table).getAllByRole('row')).toHaveLength(3);
  unmount();
  await show(<PlanDrift approved={PLAN} now={PLAN} />);
  expect(screen.queryByRole('table')).not.toBeInTheDocument();
});
