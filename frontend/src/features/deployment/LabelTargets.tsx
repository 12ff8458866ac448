import '~/ui/theme/mantine-more.css';
import { Select, Stack, Text } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useQuery } from 'urql';
import { LabelsInput } from '~/features/fleet/LabelsInput';
import { graphql } from '~/gql';
import { formatCount } from '~/ui';
import type { RunValues } from './runValues';

const RunProjectsQuery = graphql(`
  query RunProjects {
    projects(first: 100, orderBy: { field: NAME, direction: ASC }) {
      nodes {
        id
        name
        viewerAccess
      }
    }
  }
`);

const LabelledQuery = graphql(`
  query LabelledServers($projectId: ID!, $labels: [String!]!) {
    servers(first: 100, where: { projectId: $projectId, labels: $labels }, orderBy: { field: NAME, direction: ASC }) {
      totalCount
      nodes {
        id
        name
      }
    }
  }
`);

const SHOWN = 8;

/** The servers with some labels, as they are when the run is dispatched. */
export function LabelTargets({ form }: { form: UseFormReturnType<RunValues> }) {
  const { projectId, labels } = form.getValues();
  const [{ data: known }] = useQuery({ query: RunProjectsQuery });
  const asked = projectId !== null && labels.length > 0;
  const [{ data }] = useQuery({
    query: LabelledQuery,
    variables: { projectId: projectId ?? '', labels },
    pause: !asked,
  });
  const projects = (known?.projects.nodes ?? []).filter(({ viewerAccess }) => viewerAccess === 'ADMIN');
  return (
    <Stack gap="sm">
      <Select
        label="Project"
        description="That you have admin access to."
        required
        searchable
        data={projects.map(({ id, name }) => ({ value: id, label: name }))}
        {...form.getInputProps('projectId')}
      />
      <LabelsInput
        description="The servers that have all of these when the run is dispatched."
        required
        {...form.getInputProps('labels')}
      />
      {asked && data && (
        <Text size="sm" role="status">
          {words(data.servers.totalCount, data.servers.nodes.slice(0, SHOWN).map(({ name }) => name))}
        </Text>
      )}
    </Stack>
  );
}

function words(count: number, names: readonly string[]) {
  if (count === 0) return 'No server of the project has all of these labels.';
  const more = count > names.length ? ` and ${count - names.length} more` : '';
  return `${formatCount(count, 'server')} now: ${names.join(', ')}${more}.`;
}
