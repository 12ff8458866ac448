import { Alert, Group, Stack } from '@mantine/core';
import { IconRepeat } from '@tabler/icons-react';
import { RelativeTime, StatusBadge, TextLink } from '~/ui';
import type { Deployment } from './deploymentQuery';

/** Which run this one repeats, and by which it was repeated. */
export function Reruns({ deployment: { rerunOf, reruns } }: { deployment: Deployment }) {
  if (!rerunOf && reruns.length === 0) return null;
  return (
    <Alert color="gray" icon={<IconRepeat size={18} aria-hidden />}>
      <Stack gap={4}>
        {rerunOf && (
          <span>
            This runs again{' '}
            <TextLink to="/deployments/$id" params={{ id: rerunOf.id }}>
              the run of <RelativeTime value={rerunOf.createdAt} />
            </TextLink>
            .
          </span>
        )}
        {reruns.map(({ id, status, createdAt }) => (
          <Group key={id} gap="xs">
            <TextLink to="/deployments/$id" params={{ id }}>
              Run again <RelativeTime value={createdAt} />
            </TextLink>
            <StatusBadge of="deployment" value={status} />
          </Group>
        ))}
      </Stack>
    </Alert>
  );
}
