import { Badge, Text } from '@mantine/core';
import { DataTable, EmptyState, formatEnum, Section, type Column } from '~/ui';
import type { Revision } from './scriptQuery';

type Variable = Revision['variables'][number];

const COLUMNS: readonly Column<Variable>[] = [
  {
    key: 'name',
    header: 'Name',
    cell: ({ name, label }) => (
      <span>
        <code>{name}</code>
        {label && (
          <Text component="span" size="xs" c="dimmed" display="block">
            {label}
          </Text>
        )}
      </span>
    ),
  },
  {
    key: 'type',
    header: 'Type',
    cell: ({ type, choices }) => (choices.length > 0 ? `One of ${choices.join(', ')}` : formatEnum(type)),
  },
  {
    key: 'required',
    header: 'Required',
    cell: ({ required }) => (required ? <Badge color="blue">Required</Badge> : 'No'),
  },
  {
    key: 'default',
    header: 'Default',
    cell: (variable) => (variable.default === null ? '–' : <code>{variable.default || '""'}</code>),
  },
  { key: 'description', header: 'What for', cell: ({ description }) => description || '–', hideOnPhone: true },
];

/** What a revision declares. */
export function ScriptVariables({ variables }: { variables: readonly Variable[] }) {
  return (
    <Section title="Variables" description="What a request or a run fills in." flush>
      <DataTable
        label="Variables"
        columns={COLUMNS}
        rows={variables}
        rowKey={({ name }) => name}
        empty={<EmptyState title="No variables">This script runs the same way every time.</EmptyState>}
      />
    </Section>
  );
}
