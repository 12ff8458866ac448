import { Alert, Button, Group, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconAlertTriangle, IconPencil } from '@tabler/icons-react';
import { graphql } from '~/gql';
import {
  ActionButton,
  Dialog,
  formatMoney,
  FormErrors,
  KeyValueList,
  RelativeTime,
  Section,
  showToast,
  TextLink,
  useMutationForm,
} from '~/ui';
import { Meter } from './Meter';
import { ProjectFields } from './ProjectFields';
import { projectInput, projectValues, validateProject } from './projectForm';
import type { Project } from './projectQuery';

const UpdateProject = graphql(`
  mutation UpdateProject($input: UpdateProjectInput!) {
    updateProject(input: $input) {
      project {
        id
        name
        description
        maxServers
        monthlyBudgetCents
        overBudget
        canAddServer
        updatedAt
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export function ProjectOverview({ project, mayEdit }: { project: Project; mayEdit: boolean }) {
  const [opened, dialog] = useDisclosure(false);
  const over = project.monthlyCostCents - project.monthlyBudgetCents;
  return (
    <>
      {project.overBudget && (
        <Alert color="red" title="Over budget" icon={<IconAlertTriangle size={18} aria-hidden />}>
          The servers cost {formatMoney(over)} a month more than the budget. No server can be requested until it is raised.
        </Alert>
      )}
      <Section
        title="Overview"
        actions={
          <ActionButton
            variant="default"
            size="xs"
            allowed={mayEdit}
            reason="Changing a project needs admin access to it."
            leftSection={<IconPencil size={15} aria-hidden />}
            onClick={dialog.open}
          >
            Edit
          </ActionButton>
        }
      >
        <KeyValueList
          columns={3}
          entries={[
            [
              'Servers',
              <Meter key="servers" label="Servers" used={project.serverCount} most={project.maxServers}>
                {project.serverCount} of {project.maxServers}
              </Meter>,
            ],
            [
              'Cost a month',
              <Meter
                key="cost"
                label="Monthly cost"
                used={project.monthlyCostCents}
                most={project.monthlyBudgetCents}
              >
                {formatMoney(project.monthlyCostCents)} of {formatMoney(project.monthlyBudgetCents)}
              </Meter>,
            ],
            ['Room for another server', project.canAddServer ? 'Yes' : 'No'],
            [
              'Belongs to',
              <TextLink key="tenant" to="/tenants/$id" params={{ id: project.tenant.id }}>
                {project.tenant.name}
              </TextLink>,
            ],
            ['Created', <RelativeTime key="created" value={project.createdAt} />],
            ['Last changed', <RelativeTime key="updated" value={project.updatedAt} />],
          ]}
        />
      </Section>
      {opened && <EditDialog project={project} onClose={dialog.close} />}
    </>
  );
}

function EditDialog({ project, onClose }: { project: Project; onClose: () => void }) {
  const { form, submit, pending, general } = useMutationForm({
    document: UpdateProject,
    payload: (answer) => answer.updateProject,
    initialValues: projectValues(project),
    validate: validateProject,
    variables: (values) => ({ input: { id: project.id, ...projectInput(values) } }),
    onSuccess: () => {
      showToast({ color: 'green', message: 'The project is saved.' });
      onClose();
    },
  });
  return (
    <Dialog opened onClose={onClose} title={`Edit ${project.name}`}>
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <FormErrors messages={general} />
          <ProjectFields getInputProps={form.getInputProps as never} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose} disabled={pending}>
              Back
            </Button>
            <Button type="submit" loading={pending}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
