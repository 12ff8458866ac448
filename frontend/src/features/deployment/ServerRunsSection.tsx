import { Stack, Text } from '@mantine/core';
import { useQuery } from 'urql';
import { EmptyState, ErrorState, formatDuration, KeyValueList, PageSkeleton, RelativeTime, Section } from '~/ui';
import { FlakyBadge } from './FlakyBadge';
import { countsInWords, formatRate } from './runFigures';
import { RunStrip } from './RunStrip';
import { ServerRunsQuery, STRIP, type RunStatistics, type ServerRun } from './serverRunsQuery';

/** How a server came out of what ran on it. */
export default function ServerRunsSection({ serverId }: { serverId: string }) {
  const [{ data, error }, reload] = useQuery({
    query: ServerRunsQuery,
    variables: { id: serverId, first: STRIP },
    // Runs end while nobody looks.
    requestPolicy: 'cache-and-network',
  });
  const server = data?.node?.__typename === 'Server' ? data.node : null;
  return (
    <Section title="Runs" actions={server?.runStatistics.isFlaky && <FlakyBadge />}>
      {error && !server && <ErrorState error={error} onRetry={() => reload({ requestPolicy: 'network-only' })} />}
      {!error && !server && <PageSkeleton />}
      {server && <Figures statistics={server.runStatistics} runs={server.runs.nodes} />}
    </Section>
  );
}

function Figures({ statistics, runs }: { statistics: RunStatistics; runs: readonly ServerRun[] }) {
  if (runs.length === 0) {
    return <EmptyState title="No runs yet">How this server comes out of each deployment is remembered here.</EmptyState>;
  }
  const { days, total, successRate, lastSuccessAt, medianDurationMs, p95DurationMs } = statistics;
  return (
    <Stack gap="md">
      <KeyValueList
        columns={3}
        entries={[
          ['Success rate', successRate == null ? null : formatRate(successRate)],
          ['Last success', lastSuccessAt && <RelativeTime key="success" value={lastSuccessAt} />],
          ['Median duration', medianDurationMs == null ? null : formatDuration(medianDurationMs)],
          ['95th percentile', p95DurationMs == null ? null : formatDuration(p95DurationMs)],
          [`Last ${days} days`, total > 0 ? countsInWords(statistics) : 'Nothing ran'],
        ]}
      />
      <div>
        <Text size="sm" c="dimmed" mb={6}>
          {runs.length === 1 ? 'The only run' : `The last ${runs.length} runs, the newest at the end`}
        </Text>
        <RunStrip runs={runs} />
      </div>
    </Stack>
  );
}
