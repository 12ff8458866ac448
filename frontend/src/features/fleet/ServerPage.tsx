import { Badge, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPencil } from '@tabler/icons-react';
import { useParams } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useQuery } from 'urql';
import { useViewer } from '~/app/viewer';
import { DeploymentsSection } from '~/features/deployment/DeploymentsSection';
import { graphql } from '~/gql';
import {
  ActionButton,
  CopyableCode,
  EmptyState,
  ErrorState,
  KeyValueList,
  Money,
  PageHeader,
  PageSkeleton,
  RelativeTime,
  Section,
  StatusBadge,
  TextLink,
} from '~/ui';
import { Labels } from './Labels';
import { ServerDialog } from './ServerDialog';

const ServerQuery = graphql(`
  query Server($id: ID!) {
    node(id: $id) {
      __typename
      id
      ... on Server {
        name
        type
        address
        privateAddress
        sshPort
        providerId
        image
        location
        status
        deploymentStatus
        monthlyPriceCents
        hostKeyFingerprint
        labels
        createdAt
        updatedAt
        project {
          id
          name
          viewerAccess
        }
      }
    }
  }
`);

const ServerRunsSection = lazy(() => import('~/features/deployment/ServerRunsSection'));

const SERVERS = (
  <TextLink key="servers" to="/servers">
    Servers
  </TextLink>
);

export default function ServerPage() {
  const { id = '' } = useParams({ strict: false });
  const viewer = useViewer();
  const [opened, dialog] = useDisclosure(false);
  const [{ data, error }, reload] = useQuery({ query: ServerQuery, variables: { id } });
  const refresh = () => reload({ requestPolicy: 'network-only' });
  const server = data?.node?.__typename === 'Server' ? data.node : null;

  if (!server) {
    return (
      <>
        <PageHeader title="Server" breadcrumbs={[SERVERS]} />
        {error && <ErrorState error={error} onRetry={refresh} />}
        {data && !error && (
          <EmptyState title="Not found">This server does not exist, or you have no access to its project.</EmptyState>
        )}
        {!data && !error && <PageSkeleton />}
      </>
    );
  }

  const { project } = server;
  const mayEdit = project.viewerAccess === 'WRITE' || project.viewerAccess === 'ADMIN';
  return (
    <>
      <PageHeader
        title={server.name}
        breadcrumbs={[
          SERVERS,
          <TextLink key="project" to="/projects/$id" params={{ id: project.id }} search={{ tab: 'servers' }}>
            {project.name}
          </TextLink>,
        ]}
        badges={
          <>
            <StatusBadge of="server" value={server.status} />
            <StatusBadge of="serverDeployment" value={server.deploymentStatus} />
          </>
        }
        actions={
          viewer.can('MANAGE_SERVERS') ? (
            <ActionButton
              variant="default"
              allowed={mayEdit}
              reason="Changing a server needs write access to its project."
              leftSection={<IconPencil size={16} aria-hidden />}
              onClick={dialog.open}
            >
              Edit
            </ActionButton>
          ) : undefined
        }
      />
      <Stack gap="lg">
        <Section title="Details">
          <KeyValueList
            columns={3}
            entries={[
              ['Address', <CopyableCode key="address" value={server.address} label="address" />],
              ['Private address', server.privateAddress && <code>{server.privateAddress}</code>],
              ['SSH port', server.sshPort ?? "The project's"],
              ['Type', server.type && <code>{server.type}</code>],
              ['Price', <Money key="price" cents={server.monthlyPriceCents} per="/ month" />],
              ['Image', server.image],
              ['Location', server.location],
              ['Labels', <Labels key="labels" labels={server.labels} />],
              ['Number at the provider', server.providerId],
              ['Registered', <RelativeTime key="created" value={server.createdAt} />],
              [
                'Pinned host key',
                server.hostKeyFingerprint ? (
                  <CopyableCode key="key" value={server.hostKeyFingerprint} label="host key fingerprint" />
                ) : (
                  <span key="key">
                    <Badge color="yellow">Not pinned</Badge> Nothing runs here before it is: test the connection in{' '}
                    <TextLink to="/projects/$id" params={{ id: project.id }} search={{ tab: 'connection' }}>
                      {project.name}
                    </TextLink>
                    .
                  </span>
                ),
              ],
            ]}
          />
        </Section>
        <Suspense fallback={<PageSkeleton />}>
          <ServerRunsSection serverId={server.id} />
        </Suspense>
        <DeploymentsSection
          title={`Deployments of ${project.name}`}
          where={{ projectId: project.id }}
          empty="What is deployed to the servers of this project appears here."
        />
      </Stack>
      {opened && (
        <ServerDialog
          projectId={project.id}
          server={server}
          onClose={dialog.close}
          onSaved={() => {
            dialog.close();
            refresh();
          }}
        />
      )}
    </>
  );
}
