import { Button, Group, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useClient, useQuery } from 'urql';
import { useMutationAction } from '~/api/useMutationAction';
import { graphql } from '~/gql';
import { Dialog, EmptyState, ErrorState, PageHeader, PageSkeleton, showToast, TextLink } from '~/ui';
import { RevisionDiff } from './RevisionDiff';
import { ScriptForm } from './ScriptForm';
import { filesInput, valuesOf, variablesInput, type ScriptValues } from './scriptForm';
import { asScript, newest, RevisionFields, ScriptQuery, type Revision, type Script } from './scriptQuery';

const UpdateScript = graphql(
  `
    mutation UpdateScript($input: UpdateScriptInput!, $canReadContent: Boolean!) {
      updateScript(input: $input) {
        script {
          id
          name
          description
          requiresRoot
          updatedAt
          currentRevision {
            id
            number
          }
          revisions {
            ...RevisionFields
          }
        }
        userErrors {
          code
          field
          message
        }
      }
    }
  `,
  [RevisionFields],
);

export default function EditScriptPage() {
  const { id = '' } = useParams({ strict: false });
  const [{ data, error }, reload] = useQuery({ query: ScriptQuery, variables: { id, canReadContent: true } });
  const script = asScript(data);
  const revision = script && newest(script);

  if (script && revision) return <Editor script={script} opened={revision} />;
  return (
    <>
      <PageHeader title="Edit script" />
      {error && <ErrorState error={error} onRetry={() => reload({ requestPolicy: 'network-only' })} />}
      {data && !error && <EmptyState title="Not found">This script does not exist.</EmptyState>}
      {!data && !error && <PageSkeleton />}
    </>
  );
}

/** Works on the revision that was current when the page opened; a newer one shows as a conflict when saving. */
function Editor({ script, opened }: { script: Script; opened: Revision }) {
  const navigate = useNavigate();
  const client = useClient();
  const [start, setStart] = useState(() => ({ initial: valuesOf(script, opened), round: 0 }));
  const [base, setBase] = useState(opened.number);
  const [theirs, setTheirs] = useState<Revision | null>(null);
  const [compared, comparison] = useDisclosure(false);
  const { run, pending } = useMutationAction(UpdateScript, (data) => data.updateScript);
  const open = () => void navigate({ to: '/scripts/$id', params: { id: script.id }, ignoreBlocker: true });

  async function save(values: ScriptValues) {
    const payload = await run({
      canReadContent: true,
      input: {
        id: script.id,
        baseRevision: base,
        name: values.name.trim(),
        description: values.description.trim(),
        requiresRoot: values.requiresRoot,
        content: values.content,
        files: filesInput(values),
        variables: variablesInput(values.variables),
      },
    });
    if (!payload) return null;
    if (payload.userErrors.length === 0) {
      showToast({ color: 'green', message: `${values.name.trim()} is saved.` });
      open();
    }
    if (payload.userErrors.some(({ code }) => code === 'CONFLICT')) await readTheirs();
    return payload.userErrors;
  }

  async function readTheirs() {
    const { data } = await client
      .query(ScriptQuery, { id: script.id, canReadContent: true }, { requestPolicy: 'network-only' })
      .toPromise();
    const latest = asScript(data);
    setTheirs((latest && newest(latest)) ?? null);
  }

  return (
    <>
      <PageHeader
        title={`Edit ${script.name}`}
        breadcrumbs={[
          <TextLink key="scripts" to="/scripts">
            Scripts
          </TextLink>,
          <TextLink key="script" to="/scripts/$id" params={{ id: script.id }}>
            {script.name}
          </TextLink>,
        ]}
        description={`Based on revision ${base}. Another content, other files or variables become a new revision; what was approved before has to be approved again.`}
      />
      <ScriptForm
        key={start.round}
        initial={start.initial}
        isNew={false}
        saveLabel="Save"
        pending={pending}
        onSave={save}
        onCancel={() => void navigate({ to: '/scripts/$id', params: { id: script.id } })}
        conflict={(mine, dismiss) => (
          <Stack gap="sm" align="flex-start">
            <Text size="sm">
              {theirs
                ? `${theirs.author?.name ?? 'Somebody'} saved revision ${theirs.number}. Nothing of yours is lost: compare, then decide.`
                : 'Nothing of yours is lost. The newest revision could not be read; save again to retry.'}
            </Text>
            {theirs && (
              <Group gap="xs">
                <Button variant="default" size="xs" onClick={comparison.open}>
                  Compare with yours
                </Button>
                <Button
                  variant="default"
                  size="xs"
                  onClick={() => {
                    setBase(theirs.number);
                    dismiss();
                  }}
                >
                  Keep yours, on top of revision {theirs.number}
                </Button>
                <Button
                  variant="default"
                  size="xs"
                  onClick={() => {
                    setBase(theirs.number);
                    setStart(({ round }) => ({ initial: valuesOf(script, theirs), round: round + 1 }));
                  }}
                >
                  Discard yours and load theirs
                </Button>
              </Group>
            )}
            <Dialog opened={compared && theirs !== null} onClose={comparison.close} size="xl" title="Theirs, then yours">
              <RevisionDiff label="From theirs to yours" before={theirs ?? {}} after={mine} />
            </Dialog>
          </Stack>
        )}
      />
    </>
  );
}
