import { useDisclosure } from '@mantine/hooks';
import { IconPlus, IconServer2 } from '@tabler/icons-react';
import { useMemo } from 'react';
import { ActionButton, DataTable, EmptyState, LoadMore, Section, useConnectionList } from '~/ui';
import type { Project } from './projectQuery';
import { SERVER_COLUMNS, ServersQuery } from './serverList';
import { ServerDialog } from './ServerDialog';

interface ProjectServersProps {
  project: Project;
  mayWrite: boolean;
  canManageServers: boolean;
  onChanged: () => void;
}

export function ProjectServers({ project, mayWrite, canManageServers, onChanged }: ProjectServersProps) {
  const [opened, dialog] = useDisclosure(false);
  const list = useConnectionList({
    query: ServersQuery,
    connection: (data) => data.servers,
    variables: { where: { projectId: project.id }, orderBy: { field: 'NAME', direction: 'ASC' } },
  });
  const columns = useMemo(() => SERVER_COLUMNS.filter(({ key }) => key !== 'project'), []);
  const full = project.serverCount >= project.maxServers;
  const register = canManageServers ? (
    <ActionButton
      size="xs"
      leftSection={<IconPlus size={15} aria-hidden />}
      allowed={mayWrite && !full}
      reason={
        full
          ? `The project holds ${project.serverCount} of at most ${project.maxServers} servers.`
          : 'Registering a server needs write access to the project.'
      }
      onClick={dialog.open}
    >
      Register server
    </ActionButton>
  ) : undefined;

  return (
    <Section title="Servers" actions={list.nodes.length > 0 ? register : undefined} flush>
      <DataTable
        label={`Servers of ${project.name}`}
        columns={columns}
        rows={list.nodes}
        rowKey={(server) => server.id}
        loading={list.loading}
        error={list.error}
        onRetry={list.reload}
        empty={
          <EmptyState icon={IconServer2} title="No servers yet" action={register}>
            Register a server by its address; then test the connection and pin its host key.
          </EmptyState>
        }
      />
      <LoadMore list={list} plural="servers" />
      {opened && (
        <ServerDialog
          projectId={project.id}
          onClose={dialog.close}
          onSaved={() => {
            dialog.close();
            onChanged();
          }}
        />
      )}
    </Section>
  );
}
