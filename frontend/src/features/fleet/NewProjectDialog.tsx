import '~/ui/theme/mantine-more.css';
import { Button, Group, Select, Stack } from '@mantine/core';
import { useQuery } from 'urql';
import { graphql } from '~/gql';
import { Dialog, FormErrors, useMutationForm } from '~/ui';
import { ProjectFields } from './ProjectFields';
import { NEW_PROJECT, projectInput, validateProject } from './projectForm';

const CreateProject = graphql(`
  mutation CreateProject($input: CreateProjectInput!) {
    createProject(input: $input) {
      project {
        id
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

const ProjectTenantsQuery = graphql(`
  query ProjectTenants {
    tenants(first: 100, orderBy: { field: NAME, direction: ASC }) {
      nodes {
        id
        name
      }
    }
  }
`);

interface NewProjectDialogProps {
  onClose: () => void;
  onCreated: (id: string) => void;
}

export function NewProjectDialog({ onClose, onCreated }: NewProjectDialogProps) {
  const [{ data }] = useQuery({ query: ProjectTenantsQuery });
  const { form, submit, pending, general } = useMutationForm({
    document: CreateProject,
    payload: (answer) => answer.createProject,
    initialValues: { ...NEW_PROJECT, tenantId: '' },
    validate: validateProject,
    variables: ({ tenantId, ...values }) => ({ input: { ...projectInput(values), tenantId: tenantId || null } }),
    onSuccess: ({ project }) => {
      if (project) onCreated(project.id);
    },
  });
  return (
    <Dialog opened onClose={onClose} title="New project">
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <FormErrors messages={general} />
          <ProjectFields getInputProps={form.getInputProps as never} />
          <Select
            label="Belongs to"
            description="A client sees the servers of its own projects."
            placeholder="The operator"
            clearable
            searchable
            clearButtonProps={{ 'aria-label': 'Clear the tenant' }}
            data={(data?.tenants.nodes ?? []).map(({ id, name }) => ({ value: id, label: name }))}
            {...form.getInputProps('tenantId')}
            value={form.getValues().tenantId || null}
            onChange={(id) => form.setFieldValue('tenantId', id ?? '')}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose} disabled={pending}>
              Back
            </Button>
            <Button type="submit" loading={pending}>
              Create project
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
