import '~/ui/theme/mantine-more.css';
import { Button, Group, Select, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconUserPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useQuery } from 'urql';
import { useMutationAction } from '~/api/useMutationAction';
import { useViewer } from '~/app/viewer';
import { graphql, type Scalar } from '~/gql';
import { ConfirmDialog, DataTable, EmptyState, RelativeTime, Section, showToast, statusLook, statusOptions, type Column } from '~/ui';
import type { Project } from './projectQuery';

const StaffQuery = graphql(`
  query ProjectStaff($search: String) {
    users(
      first: 50
      where: { search: $search, level: [TECHNICIAN, BILLING], status: [ACTIVE] }
      orderBy: { field: NAME, direction: ASC }
    ) {
      nodes {
        id
        name
        level
        isManager
      }
    }
  }
`);

const GrantProjectAccess = graphql(`
  mutation GrantProjectAccess($input: GrantProjectAccessInput!) {
    grantProjectAccess(input: $input) {
      project {
        id
        access {
          level
          createdAt
          user {
            id
            name
          }
          grantedBy {
            id
            name
          }
        }
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

const RevokeProjectAccess = graphql(`
  mutation RevokeProjectAccess($input: RevokeProjectAccessInput!) {
    revokeProjectAccess(input: $input) {
      project {
        id
        access {
          level
          createdAt
          user {
            id
            name
          }
          grantedBy {
            id
            name
          }
        }
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

type Access = NonNullable<Project['access']>;
type Grant = Access[number];
type Level = Scalar<'AccessLevel'>;

/** Who reaches the project, and how far. */
export function ProjectAccess({ project, access }: { project: Project; access: Access }) {
  const grant = useMutationAction(GrantProjectAccess, (answer) => answer.grantProjectAccess);
  const revoke = useMutationAction(RevokeProjectAccess, (answer) => answer.revokeProjectAccess);
  const [revoking, setRevoking] = useState<Grant | null>(null);

  function say(payload: { userErrors: readonly { message: string }[] } | null): boolean {
    for (const { message } of payload?.userErrors ?? []) showToast({ color: 'red', message });
    return payload !== null && payload.userErrors.length === 0;
  }
  const give = async (userId: string, level: Level) =>
    say(await grant.run({ input: { projectId: project.id, userId, level } }));

  const columns: readonly Column<Grant>[] = [
    { key: 'user', header: 'Person', cell: ({ user }) => user.name },
    {
      key: 'level',
      header: 'Access',
      cell: ({ user, level }) => (
        <Select
          size="xs"
          w={130}
          aria-label={`Access of ${user.name}`}
          data={statusOptions('access')}
          value={level}
          allowDeselect={false}
          disabled={grant.pending}
          onChange={(value) => value && value !== level && void give(user.id, value as Level)}
        />
      ),
    },
    { key: 'by', header: 'Granted by', cell: ({ grantedBy }) => grantedBy?.name ?? 'Rookery', hideOnPhone: true },
    { key: 'at', header: 'Granted', cell: ({ createdAt }) => <RelativeTime value={createdAt} /> },
    {
      key: 'revoke',
      header: 'Actions',
      buttons: true,
      align: 'end',
      cell: (one) => (
        <Button
          size="compact-sm"
          variant="default"
          aria-label={`Revoke the access of ${one.user.name}`}
          onClick={() => setRevoking(one)}
        >
          Revoke
        </Button>
      ),
    },
  ];

  return (
    <Section
      title="Access"
      description="Read: see it. Write: work on its servers and deploy. Admin: change it. Administrators and managers reach every project."
      flush
    >
      <AddAccess granted={access} pending={grant.pending} onGrant={give} />
      <DataTable
        label={`Who has access to ${project.name}`}
        columns={columns}
        rows={access}
        rowKey={({ user }) => user.id}
        empty={<EmptyState title="Nobody yet">Only administrators and managers reach this project.</EmptyState>}
      />
      <ConfirmDialog
        opened={revoking !== null}
        onClose={() => setRevoking(null)}
        title="Revoke this access?"
        confirmLabel="Revoke access"
        tone="danger"
        onConfirm={async () =>
          revoking ? say(await revoke.run({ input: { projectId: project.id, userId: revoking.user.id } })) : true
        }
      >
        <Text size="sm">
          {revoking?.user.name} loses sight of {project.name} and its servers at once.
        </Text>
      </ConfirmDialog>
    </Section>
  );
}

interface AddAccessProps {
  granted: Access;
  pending: boolean;
  onGrant: (userId: string, level: Level) => Promise<boolean>;
}

function AddAccess({ granted, pending, onGrant }: AddAccessProps) {
  const viewer = useViewer();
  const [words, setWords] = useState('');
  const [search] = useDebouncedValue(words, 250);
  const [userId, setUserId] = useState<string | null>(null);
  const [level, setLevel] = useState<Level>('READ');
  const [{ data, fetching }] = useQuery({
    query: StaffQuery,
    variables: { search: search || null },
    pause: !viewer.can('MANAGE_USERS'),
  });
  if (!viewer.can('MANAGE_USERS')) return null;

  const options = (data?.users.nodes ?? [])
    .filter(({ id }) => !granted.some(({ user }) => user.id === id))
    .map(({ id, name, level: is }) => ({ value: id, label: `${name} (${statusLook('level', is).label})` }));
  return (
    <Group p="sm" gap="xs" align="flex-end" role="group" aria-label="Grant access">
      <Select
        flex="1 1 220px"
        maw={340}
        aria-label="Person"
        placeholder="Choose a person"
        searchable
        clearable
        clearButtonProps={{ 'aria-label': 'Clear the person' }}
        data={options}
        value={userId}
        onChange={setUserId}
        onSearchChange={setWords}
        nothingFoundMessage={fetching ? 'Searching…' : 'Nobody of the staff is called that, or they have access already'}
      />
      <Select
        w={130}
        aria-label="Level"
        data={statusOptions('access')}
        value={level}
        allowDeselect={false}
        onChange={(value) => value && setLevel(value as Level)}
      />
      <Button
        leftSection={<IconUserPlus size={16} aria-hidden />}
        disabled={!userId}
        loading={pending}
        onClick={() => {
          if (userId) void onGrant(userId, level).then((done) => done && setUserId(null));
        }}
      >
        Grant access
      </Button>
    </Group>
  );
}
