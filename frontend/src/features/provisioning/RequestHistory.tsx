import '~/ui/theme/mantine-more.css';
import { Text, Timeline } from '@mantine/core';
import { RelativeTime } from '~/ui';
import { actionSentence } from './history';
import type { ServerRequest } from './request';

/** Who did what when, newest last. */
export function RequestHistory({ history }: { history: ServerRequest['history'] }) {
  if (history.length === 0) return <Text c="dimmed">Nothing has happened yet.</Text>;
  const ordered = [...history].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  return (
    <Timeline active={ordered.length} bulletSize={12} lineWidth={2} role="list" aria-label="History">
      {ordered.map(({ id, action, actor, at, note }) => (
        <Timeline.Item key={id} role="listitem">
          <Text size="sm">
            <Text span inherit fw={550}>
              {actor?.name ?? 'Rookery'}
            </Text>{' '}
            {actionSentence(action)}
          </Text>
          {note && (
            <Text size="sm" mt={2} style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
              “{note}”
            </Text>
          )}
          <Text size="xs" c="dimmed" mt={2}>
            <RelativeTime value={at} />
          </Text>
        </Timeline.Item>
      ))}
    </Timeline>
  );
}
