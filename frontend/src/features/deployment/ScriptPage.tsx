import { Badge, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPencil, IconPlayerPlay } from '@tabler/icons-react';
import { useParams } from '@tanstack/react-router';
import { useQuery } from 'urql';
import { useViewer } from '~/app/viewer';
import { ActionButton, ButtonLink, EmptyState, ErrorState, PageHeader, PageSkeleton, TextLink } from '~/ui';
import { DeploymentsSection } from './DeploymentsSection';
import { RunScriptDialog } from './RunScriptDialog';
import { ScriptRevisions } from './ScriptRevisions';
import { ScriptVariables } from './ScriptVariables';
import { asScript, kindLabel, newest, ScriptQuery } from './scriptQuery';

const CRUMBS = [
  <TextLink key="scripts" to="/scripts">
    Scripts
  </TextLink>,
];

export default function ScriptPage() {
  const { id = '' } = useParams({ strict: false });
  const viewer = useViewer();
  const mayWrite = viewer.can('MANAGE_DEPLOYMENTS');
  const [{ data, error }, reload] = useQuery({ query: ScriptQuery, variables: { id, canReadContent: mayWrite } });
  const [runOpened, run] = useDisclosure(false);
  const script = asScript(data);
  const revision = script && newest(script);

  if (!script || !revision) {
    return (
      <>
        <PageHeader title="Script" breadcrumbs={CRUMBS} />
        {error && <ErrorState error={error} onRetry={() => reload({ requestPolicy: 'network-only' })} />}
        {data && !error && <EmptyState title="Not found">This script does not exist.</EmptyState>}
        {!data && !error && <PageSkeleton />}
      </>
    );
  }

  return (
    <>
      <PageHeader
        title={script.name}
        breadcrumbs={CRUMBS}
        badges={
          <>
            <Badge color="blue">{kindLabel(script.kind)}</Badge>
            {script.requiresRoot && <Badge color="orange">Needs root</Badge>}
          </>
        }
        description={script.description}
        actions={
          mayWrite ? (
            <>
              <ButtonLink
                to="/scripts/$id/edit"
                params={{ id }}
                variant="default"
                leftSection={<IconPencil size={16} aria-hidden />}
              >
                Edit
              </ButtonLink>
              <ActionButton leftSection={<IconPlayerPlay size={16} aria-hidden />} onClick={run.open}>
                Run without request
              </ActionButton>
            </>
          ) : undefined
        }
      />
      <Stack gap="lg">
        <ScriptRevisions script={script} mayRead={mayWrite} />
        <ScriptVariables variables={revision.variables} />
        <DeploymentsSection
          title="Deployments"
          where={{ scriptId: id }}
          empty="Nobody has run this script where you can see it."
        />
      </Stack>
      {runOpened && <RunScriptDialog script={script} variables={revision.variables} onClose={run.close} />}
    </>
  );
}
