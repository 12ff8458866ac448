import { Badge, Text } from '@mantine/core';
import { IconPlugConnected } from '@tabler/icons-react';
import { graphql, type ResultOf, type Scalar } from '~/gql';
import {
  ConnectionTable,
  EmptyState,
  PageHeader,
  RelativeTime,
  useConnectionList,
  useListParams,
  type Column,
} from '~/ui';
import classes from './UsagePage.module.css';

const FieldUsageQuery = graphql(`
  query FieldUsage($first: Int, $after: String, $where: FieldUsageWhere, $orderBy: FieldUsageOrder) {
    fieldUsage(first: $first, after: $after, where: $where, orderBy: $orderBy) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        id
        client
        version
        field
        count
        firstUsedAt
        lastUsedAt
        isDeprecated
      }
    }
  }
`);

type FieldUsage = ResultOf<typeof FieldUsageQuery>['fieldUsage']['nodes'][number];
type OrderField = Scalar<'FieldUsageOrderField'>;

const FILTERS = [
  { name: 'fields', label: 'Fields', single: true, options: [{ value: 'deprecated', label: 'Deprecated only' }] },
];

const COLUMNS: readonly Column<FieldUsage, OrderField>[] = [
  {
    key: 'field',
    header: 'Field',
    orderBy: 'FIELD',
    cell: ({ field, isDeprecated }) => (
      <span className={classes.field}>
        <code>{field}</code> {isDeprecated && <Badge color="orange">Deprecated</Badge>}
      </span>
    ),
  },
  {
    key: 'client',
    header: 'Client',
    orderBy: 'CLIENT',
    cell: ({ client }) => client || <Text span inherit c="dimmed">unnamed</Text>,
  },
  { key: 'version', header: 'Version', cell: ({ version }) => version || '–' },
  { key: 'count', header: 'Times', orderBy: 'COUNT', align: 'end', cell: ({ count }) => count.toLocaleString('en') },
  {
    key: 'first',
    header: 'First used',
    cell: ({ firstUsedAt }) => <RelativeTime value={firstUsedAt} />,
    hideOnPhone: true,
  },
  {
    key: 'last',
    header: 'Last used',
    orderBy: 'LAST_USED_AT',
    cell: ({ lastUsedAt }) => <RelativeTime value={lastUsedAt} />,
  },
];

export default function UsagePage() {
  const params = useListParams<OrderField>({ field: 'LAST_USED_AT', direction: 'DESC' });
  const list = useConnectionList({
    query: FieldUsageQuery,
    connection: (data) => data.fieldUsage,
    variables: {
      where: {
        search: params.search || undefined,
        deprecatedOnly: params.values('fields').includes('deprecated') || undefined,
      },
      orderBy: params.orderBy,
    },
  });

  return (
    <>
      <PageHeader
        title="API usage"
        description="Which clients use which fields of the API, and so whom a change would break."
      />
      <ConnectionTable
        label="API usage"
        noun="use"
        list={list}
        params={params}
        columns={COLUMNS}
        filters={FILTERS}
        rowKey={(use) => use.id}
        empty={
          <EmptyState icon={IconPlugConnected} title="Nothing used yet">
            Fields appear here some seconds after somebody who is signed in asks for them.
          </EmptyState>
        }
      />
    </>
  );
}
