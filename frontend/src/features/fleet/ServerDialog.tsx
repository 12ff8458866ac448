import '~/ui/theme/mantine-more.css';
import { Alert, Autocomplete, Button, Group, Stack, TextInput } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import type { ResultOf, VariablesOf } from '~/gql';
import { graphql } from '~/gql';
import { Dialog, FormErrors, showToast, useMutationForm } from '~/ui';
import { LabelsInput } from './LabelsInput';

const RegisterServer = graphql(`
  mutation RegisterServer($input: RegisterServerInput!) {
    registerServer(input: $input) {
      server {
        id
        name
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

const UpdateServer = graphql(`
  mutation UpdateServer($input: UpdateServerInput!) {
    updateServer(input: $input) {
      server {
        id
        name
        type
        address
        sshPort
        monthlyPriceCents
        hostKeyFingerprint
        labels
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

/** What a server is known by before it is registered, or changed afterwards. */
export interface EditableServer {
  id: string;
  name: string;
  type: string | null;
  address: string;
  sshPort: number | null;
  hostKeyFingerprint: string | null;
  labels: readonly string[];
}

interface ServerDialogProps {
  /** For a new server: where it goes. */
  projectId: string;
  /** For an existing one. */
  server?: EditableServer;
  onClose: () => void;
  onSaved: () => void;
}

// Plans that have a price; any other may be written.
const PLANS = ['cx11', 'cx21', 'cx31', 'cx41'];

const validate = {
  name: (name: string) =>
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(name.trim())
      ? null
      : '1 to 63 letters, digits, dots, hyphens and underscores, beginning with a letter or digit.',
  address: (address: string) => (address.trim() ? null : 'An IP address or a host name.'),
  sshPort: (port: string) =>
    port.trim() === '' || (/^\d{1,5}$/.test(port.trim()) && Number(port) >= 1 && Number(port) <= 65_535)
      ? null
      : 'Between 1 and 65535.',
};

const port = (text: string) => (text.trim() === '' ? null : Number(text));

export function ServerDialog(props: ServerDialogProps) {
  return props.server ? <EditServer {...props} server={props.server} /> : <NewServer {...props} />;
}

function NewServer({ projectId, onClose, onSaved }: ServerDialogProps) {
  const { form, submit, pending, general } = useMutationForm({
    document: RegisterServer,
    payload: (answer: ResultOf<typeof RegisterServer>) => answer.registerServer,
    initialValues: { name: '', address: '', type: '', sshPort: '', image: '', location: '', labels: [] as string[] },
    validate,
    variables: (values): VariablesOf<typeof RegisterServer> => ({
      input: {
        projectId,
        name: values.name.trim(),
        address: values.address.trim(),
        type: values.type.trim() || null,
        sshPort: port(values.sshPort),
        image: values.image.trim() || null,
        location: values.location.trim() || null,
        labels: values.labels,
      },
    }),
    onSuccess: ({ server }) => {
      showToast({ color: 'green', message: `${server?.name ?? 'The server'} is registered.` });
      onSaved();
    },
  });
  return (
    <Dialog opened onClose={onClose} title="Register server">
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <FormErrors messages={general} />
          <Fields getInputProps={form.getInputProps as never} />
          <Group grow align="flex-start">
            <TextInput label="Image" placeholder="ubuntu-22.04" {...form.getInputProps('image')} />
            <TextInput label="Location" placeholder="nbg1" {...form.getInputProps('location')} />
          </Group>
          <Buttons label="Register server" pending={pending} onClose={onClose} />
        </Stack>
      </form>
    </Dialog>
  );
}

function EditServer({ server, onClose, onSaved }: ServerDialogProps & { server: EditableServer }) {
  const { form, submit, pending, general } = useMutationForm({
    document: UpdateServer,
    payload: (answer: ResultOf<typeof UpdateServer>) => answer.updateServer,
    initialValues: {
      name: server.name,
      address: server.address,
      type: server.type ?? '',
      sshPort: server.sshPort === null ? '' : String(server.sshPort),
      labels: [...server.labels],
    },
    validate,
    variables: (values): VariablesOf<typeof UpdateServer> => ({
      input: {
        id: server.id,
        name: values.name.trim(),
        address: values.address.trim(),
        type: values.type.trim() || null,
        sshPort: port(values.sshPort),
        labels: values.labels,
      },
    }),
    onSuccess: () => {
      showToast({ color: 'green', message: 'The server is saved.' });
      onSaved();
    },
  });
  const values = form.getValues();
  const moves = values.address.trim() !== server.address || port(values.sshPort) !== server.sshPort;
  return (
    <Dialog opened onClose={onClose} title={`Edit ${server.name}`}>
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <FormErrors messages={general} />
          <Fields getInputProps={form.getInputProps as never} />
          {moves && server.hostKeyFingerprint && (
            <Alert color="orange" icon={<IconKey size={18} aria-hidden />}>
              Another address or port forgets the pinned host key: it has to be compared and pinned again.
            </Alert>
          )}
          <Buttons label="Save" pending={pending} onClose={onClose} />
        </Stack>
      </form>
    </Dialog>
  );
}

function Fields({ getInputProps }: { getInputProps: (field: string) => object }) {
  return (
    <>
      <TextInput
        label="Name"
        description="Scripts see it as server_name."
        required
        data-autofocus
        spellCheck={false}
        autoCapitalize="none"
        {...getInputProps('name')}
      />
      <TextInput label="Address" description="IP address or host name" required spellCheck={false} {...getInputProps('address')} />
      <Group grow align="flex-start">
        <Autocomplete size="sm" label="Type" description="Decides the price" data={PLANS} {...getInputProps('type')} />
        <TextInput
          label="SSH port"
          description="Where it differs from the project's"
          inputMode="numeric"
          {...getInputProps('sshPort')}
        />
      </Group>
      <LabelsInput description="Such as web or env:prod. Scripts can run on all servers with a label." {...getInputProps('labels')} />
    </>
  );
}

function Buttons({ label, pending, onClose }: { label: string; pending: boolean; onClose: () => void }) {
  return (
    <Group justify="flex-end" gap="xs">
      <Button variant="default" onClick={onClose} disabled={pending}>
        Back
      </Button>
      <Button type="submit" loading={pending}>
        {label}
      </Button>
    </Group>
  );
}
