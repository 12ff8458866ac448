import { expect, it } from 'vitest';
import { formatMoney } from '~/ui/format';
import { actionSentence } from './history';
import { planDifferences, type ComparablePlan } from './planDifference';

const APPROVED: ComparablePlan = {
  digest: 'one',
  scriptName: 'Nginx',
  scriptRevision: 1,
  scriptDigest: 'abc',
  files: [{ path: 'roles/web/tasks/main.yml', digest: 'def' }],
  requiresRoot: false,
  targets: [{ name: 'web', address: '127.0.0.1', port: 22, user: 'deploy', type: 'cx11' }],
  variables: [
    { name: 'port', value: '80', secret: false },
    { name: 'token', value: 'x', secret: true },
  ],
  monthlyPriceCents: 825,
  canonicalJson: '{"secrets":{"token":"mark-1"},"targets":[{"id":"a"}]}',
};
const differences = (change: Partial<ComparablePlan>) =>
  planDifferences(APPROVED, { ...APPROVED, digest: 'two', ...change }, formatMoney);

it('finds nothing in the same plan', () => {
  expect(planDifferences(APPROVED, { ...APPROVED }, formatMoney)).toEqual([]);
});

it('names each part that changed', () => {
  expect(
    differences({
      variables: [{ name: 'port', value: '81', secret: false }],
      monthlyPriceCents: 1650,
      files: [
        { path: 'roles/web/tasks/main.yml', digest: 'fed' },
        { path: 'templates/x.j2', digest: 'cab' },
      ],
      targets: [{ name: 'web', address: '::1', port: 2222, user: 'deploy', type: 'cx21' }],
      canonicalJson: '{"targets":[{"id":"a"}]}',
    }),
  ).toEqual([
    { what: 'Target', approved: 'web (deploy@127.0.0.1:22)', now: 'web (deploy@[::1]:2222)' },
    { what: 'Type of server', approved: 'cx11', now: 'cx21' },
    { what: 'Price per month', approved: '€8.25', now: '€16.50' },
    { what: 'File roles/web/tasks/main.yml', approved: 'def', now: 'fed' },
    { what: 'Variable port', approved: '80', now: '81' },
    { what: 'File templates/x.j2', approved: 'none', now: 'cab' },
    { what: 'Secret token', approved: 'given', now: 'none' },
  ]);
});

it('looks into the canonical form for what has no line of its own', () => {
  expect(differences({ canonicalJson: '{"secrets":{"token":"mark-1"},"targets":[{"id":"b"}]}' })).toEqual([
    { what: 'targets.0.id', approved: 'a', now: 'b' },
  ]);
});

it('says that a secret is another one, without its mark', () => {
  expect(differences({ canonicalJson: '{"secrets":{"token":"mark-2"},"targets":[{"id":"a"}]}' })).toEqual([
    { what: 'Secret token', approved: 'given', now: 'another value' },
  ]);
});

it('says that there is no plan any more', () => {
  expect(differences({ digest: null, canonicalJson: '' })).toEqual([
    { what: 'Plan', approved: 'complete', now: 'not complete' },
  ]);
});

it('is never empty for different digests', () => {
  expect(differences({})).toEqual([{ what: 'Digest', approved: 'one', now: 'two' }]);
});

it('puts the audit trail in words', () => {
  expect(actionSentence('server_request.approve')).toBe('approved the plan');
  expect(actionSentence('approve_server_request')).toBe('approved the plan');
  expect(actionSentence('server_request.expire')).toBe('server request expire');
});
