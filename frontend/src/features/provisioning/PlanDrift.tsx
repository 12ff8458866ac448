import '~/ui/theme/mantine-more.css';
import { Alert, Table, Text } from '@mantine/core';
import { IconGitCompare } from '@tabler/icons-react';
import { formatMoney } from '~/ui';
import { planDifferences } from './planDifference';
import classes from './PlanDrift.module.css';
import type { Plan } from './request';

interface PlanDriftProps {
  approved: Plan;
  now: Plan;
}

/** What changed since the approval. Nothing when the digests are the same. */
export function PlanDrift({ approved, now }: PlanDriftProps) {
  const differences = planDifferences(approved, now, formatMoney);
  if (differences.length === 0) return null;
  return (
    <Alert
      color="orange"
      role="note"
      icon={<IconGitCompare size={18} aria-hidden />}
      title="What would run now is not what was approved"
    >
      <Text size="sm" mb="xs">
        It is not deployed while they differ. Bring it back to what was approved, or file a new request.
      </Text>
      <Table.ScrollContainer minWidth={320}>
        <Table className={classes.table} aria-label="Differences between the approved plan and the one of now">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>What</Table.Th>
              <Table.Th>Approved</Table.Th>
              <Table.Th>Now</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {differences.map((difference) => (
              <Table.Tr key={difference.what}>
                <Table.Th scope="row">{difference.what}</Table.Th>
                <Table.Td title={difference.approved}>{shorten(difference.approved)}</Table.Td>
                <Table.Td title={difference.now}>{shorten(difference.now)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Alert>
  );
}

/** A digest by its beginning, as elsewhere; everything else whole. */
const shorten = (value: string) => (/^(sha256:)?[0-9a-f]{64}$/.test(value) ? `${value.slice(0, 20)}…` : value);
