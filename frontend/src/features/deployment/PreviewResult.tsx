import { Alert, Stack, Text } from '@mantine/core';
import { IconEye } from '@tabler/icons-react';
import { useEffect } from 'react';
import { useQuery } from 'urql';
import { graphql, type ResultOf } from '~/gql';
import { EmptyState, ErrorState, formatCount, KeyValueList, Section } from '~/ui';
import { UnifiedDiff } from './UnifiedDiff';

const PreviewQuery = graphql(`
  query Preview($id: ID!) {
    deployment(id: $id) {
      id
      coverage {
        planned
        checked
        unchecked
        notNeeded
        failed
        notReached
      }
      diffs {
        taskIndex
        taskName
        host
        text
      }
    }
  }
`);

type Preview = NonNullable<ResultOf<typeof PreviewQuery>['deployment']>;

interface PreviewResultProps {
  id: string;
  running: boolean;
  /** How many tasks are over: with each of them there may be more to show. */
  finished: number;
}

/** What a preview found: how much of the plan it could check, and what would change. */
export default function PreviewResult({ id, running, finished }: PreviewResultProps) {
  const [{ data, error }, reload] = useQuery({ query: PreviewQuery, variables: { id }, requestPolicy: 'cache-and-network' });
  useEffect(() => reload({ requestPolicy: 'network-only' }), [running, finished, reload]);
  const preview = data?.deployment;
  return (
    <>
      <Alert color="blue" role="note" icon={<IconEye size={18} aria-hidden />} title="This is a preview">
        Nothing is changed by it, and it is no deployment: the playbook runs in Ansible’s check mode, in which each module says
        what it would do.
      </Alert>
      {error && <ErrorState error={error} onRetry={() => reload({ requestPolicy: 'network-only' })} />}
      {preview?.coverage && <Coverage coverage={preview.coverage} />}
      {preview && <Differences diffs={preview.diffs} running={running} complete={preview.coverage?.unchecked === 0} />}
    </>
  );
}

function Coverage({ coverage }: { coverage: NonNullable<Preview['coverage']> }) {
  const { planned, checked, unchecked, notNeeded, failed, notReached } = coverage;
  return (
    <Section title="Coverage" description="What of the plan this preview can speak of. For the rest, the script itself says more.">
      <Text size="sm" fw={550} mb="sm">
        {checked} of {formatCount(planned, 'planned task')} really checked
      </Text>
      <KeyValueList
        columns={2}
        entries={[
          unchecked > 0 && ['Not checked', `${unchecked}: commands, or modules that do not know check mode. What they would do is not known.`],
          notNeeded > 0 && ['Not needed', `${notNeeded}: their condition does not hold.`],
          failed > 0 && ['Failed', `${failed}: often because what they build on was not done.`],
          notReached > 0 && ['Not come to', `${notReached}: the preview ended before.`],
        ]}
      />
    </Section>
  );
}

function Differences({ diffs, running, complete }: { diffs: Preview['diffs']; running: boolean; complete: boolean }) {
  if (diffs.length === 0) {
    if (running) return null;
    return (
      <Section title="Differences">
        <EmptyState title="No difference was shown">
          {complete
            ? 'No task would change a text. Tasks that change other things are marked as changed below.'
            : 'What was not checked may still change something.'}
        </EmptyState>
      </Section>
    );
  }
  return (
    <Section title="Differences" description="What would change, by task and host, as the modules show it. Secrets are left out.">
      <Stack gap="lg">
        {diffs.map(({ taskIndex, taskName, host, text }, index) => (
          <div key={index}>
            <Text size="sm" fw={550} mb={6}>
              {taskIndex}. {taskName} <Text span size="sm" c="dimmed" fw={400}>on {host}</Text>
            </Text>
            <UnifiedDiff label={`${taskName} on ${host}`} text={text} />
          </div>
        ))}
      </Stack>
    </Section>
  );
}
