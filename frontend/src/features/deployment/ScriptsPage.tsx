import { Badge } from '@mantine/core';
import { IconFileCode, IconPlus } from '@tabler/icons-react';
import { Requires } from '~/app/viewer';
import { graphql, type ResultOf, type Scalar } from '~/gql';
import {
  ButtonLink,
  ConnectionTable,
  EmptyState,
  PageHeader,
  RelativeTime,
  TextLink,
  useConnectionList,
  useListParams,
  type Column,
} from '~/ui';
import { kindLabel } from './scriptQuery';

const ScriptsQuery = graphql(`
  query Scripts($first: Int, $after: String, $where: ScriptWhere, $orderBy: ScriptOrder) {
    scripts(first: $first, after: $after, where: $where, orderBy: $orderBy) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        id
        name
        description
        kind
        requiresRoot
        updatedAt
        currentRevision {
          id
          number
        }
      }
    }
  }
`);

type Script = ResultOf<typeof ScriptsQuery>['scripts']['nodes'][number];
type OrderField = Scalar<'ScriptOrderField'>;

const FILTERS = [
  {
    name: 'kind',
    label: 'Kind',
    options: (['ANSIBLE', 'SSH'] as const).map((value) => ({ value, label: kindLabel(value) })),
  },
];

const COLUMNS: readonly Column<Script, OrderField>[] = [
  {
    key: 'name',
    header: 'Name',
    orderBy: 'NAME',
    width: 190,
    cell: (script) => (
      <TextLink to="/scripts/$id" params={{ id: script.id }} stretched>
        {script.name}
      </TextLink>
    ),
  },
  { key: 'description', header: 'What it does', cell: ({ description }) => description || '–', hideOnPhone: true },
  { key: 'kind', header: 'Kind', cell: ({ kind }) => <Badge color="blue">{kindLabel(kind)}</Badge> },
  {
    key: 'root',
    header: 'Root',
    cell: ({ requiresRoot }) => (requiresRoot ? <Badge color="orange">Needs root</Badge> : 'Not needed'),
  },
  { key: 'revision', header: 'Revision', align: 'end', cell: ({ currentRevision }) => currentRevision.number },
  {
    key: 'updated',
    header: 'Updated',
    orderBy: 'UPDATED_AT',
    cell: (script) => <RelativeTime value={script.updatedAt} />,
  },
];

export default function ScriptsPage() {
  const params = useListParams<OrderField>({ field: 'NAME', direction: 'ASC' });
  const list = useConnectionList({
    query: ScriptsQuery,
    connection: (data) => data.scripts,
    variables: {
      where: { search: params.search || undefined, kind: params.where<Scalar<'ScriptKind'>>('kind') },
      orderBy: params.orderBy,
    },
  });
  const create = (
    <Requires permission="MANAGE_DEPLOYMENTS">
      <ButtonLink to="/scripts/new" leftSection={<IconPlus size={16} aria-hidden />}>
        New script
      </ButtonLink>
    </Requires>
  );

  return (
    <>
      <PageHeader
        title="Scripts"
        description="What deployments run: Ansible playbooks, and commands over SSH. Every change is a revision."
        actions={create}
      />
      <ConnectionTable
        label="Scripts"
        noun="script"
        list={list}
        params={params}
        columns={COLUMNS}
        filters={FILTERS}
        rowKey={(script) => script.id}
        empty={
          <EmptyState icon={IconFileCode} title="No scripts yet" action={create}>
            A script is what a deployment runs on a server.
          </EmptyState>
        }
      />
    </>
  );
}
