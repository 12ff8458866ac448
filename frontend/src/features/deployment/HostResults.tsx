import { Group } from '@mantine/core';
import { DataTable, EmptyState, formatDuration, Section, StatusBadge, TextLink, type Column } from '~/ui';
import type { Deployment } from './deploymentQuery';
import { FlakyBadge } from './FlakyBadge';
import { countHost, type HostCounts, type RunTask } from './runLog';
import classes from './HostResults.module.css';

type Host = Deployment['hosts'][number];

interface HostResultsProps {
  deployment: Deployment;
  tasks: readonly RunTask[];
  running: boolean;
}

/** What came of each host: while it runs as the events tell, afterwards as the run itself counted. */
export function HostResults({ deployment, tasks, running }: HostResultsProps) {
  const rows = running ? deployment.hosts.map((host) => ({ ...host, ...countHost(tasks, host.name), ...liveResult(host, tasks) })) : deployment.hosts;
  return (
    <Section title={running ? 'Hosts' : 'Summary'} flush>
      <DataTable
        label={running ? 'Hosts' : 'Summary by host'}
        columns={COLUMNS}
        rows={rows}
        rowKey={(host) => host.name}
        empty={<EmptyState title="No hosts">This deployment has no targets.</EmptyState>}
      />
    </Section>
  );
}

/** The record is read again only when the run changes its state, so the events know better. */
function liveResult({ name, result }: Host, tasks: readonly RunTask[]): Pick<Host, 'result'> {
  let latest: Host['result'] = result;
  for (const task of tasks) {
    const status = task.cells.get(name)?.status;
    if (status === 'FAILED') latest = 'FAILED';
    else if (status === 'UNREACHABLE') latest = 'UNREACHABLE';
    else if (status && latest === 'PENDING') latest = 'RUNNING';
  }
  return { result: latest };
}

const count = (key: keyof HostCounts, header: string, tone?: string): Column<Host> => ({
  key,
  header,
  align: 'end',
  hideOnPhone: key === 'skipped' || key === 'unreachable',
  cell: (host) => (
    <span className={classes.count} data-tone={host[key] > 0 ? tone : undefined} data-zero={host[key] === 0 || undefined}>
      {host[key]}
    </span>
  ),
});

const COLUMNS: readonly Column<Host>[] = [
  {
    key: 'name',
    header: 'Host',
    cell: ({ name, server }) =>
      server ? (
        <Group gap={6}>
          <TextLink to="/servers/$id" params={{ id: server.id }}>
            {name}
          </TextLink>
          {server.runStatistics.isFlaky && <FlakyBadge />}
        </Group>
      ) : (
        name
      ),
  },
  { key: 'address', header: 'Address', cell: (host) => <code>{host.address}</code>, hideOnPhone: true },
  {
    key: 'usual',
    header: 'Usually takes',
    hideOnPhone: true,
    cell: ({ server }) => {
      const usual = server?.runStatistics.medianDurationMs;
      return usual == null ? '–' : formatDuration(usual);
    },
  },
  { key: 'result', header: 'Result', cell: (host) => <StatusBadge of="host" value={host.result} /> },
  count('ok', 'OK'),
  count('changed', 'Changed', 'yellow'),
  count('failed', 'Failed', 'red'),
  count('skipped', 'Skipped'),
  count('unreachable', 'Unreachable', 'red'),
];
