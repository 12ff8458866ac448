import { Badge, Stack } from '@mantine/core';

interface PlanVariablesProps {
  variables: readonly { name: string; value: string; secret: boolean }[];
}

/** Names and values as a plan binds them; of a secret only that there is one. */
export function PlanVariables({ variables }: PlanVariablesProps) {
  if (variables.length === 0) return 'None';
  return (
    <Stack gap={2} align="flex-start">
      {variables.map(({ name, value, secret }) => (
        <span key={name}>
          <code>{name}</code> = {secret ? <Badge color="gray">Secret</Badge> : <code>{value === '' ? '""' : value}</code>}
        </span>
      ))}
    </Stack>
  );
}
