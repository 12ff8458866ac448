import '~/ui/theme/mantine-more.css';
import { Alert, Button, Group, PasswordInput, Select, Stack, Switch, Text, TextInput } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useViewer } from '~/app/viewer';
import { graphql, type Scalar } from '~/gql';
import { Dialog, FormErrors, showToast, statusOptions, useMutationForm } from '~/ui';

const CreateUser = graphql(`
  mutation CreateUser($input: CreateUserInput!) {
    createUser(input: $input) {
      user {
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

const UpdateUser = graphql(`
  mutation UpdateUser($input: UpdateUserInput!) {
    updateUser(input: $input) {
      user {
        id
        name
        level
        isManager
        status
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

type Level = Scalar<'PermissionLevel'>;
type Status = Scalar<'UserStatus'>;

const LEVEL_WORDS: Record<Level, string> = {
  ADMIN: 'May do everything, everywhere.',
  TECHNICIAN: 'Deploys and runs scripts in the projects granted to them.',
  BILLING: 'Files requests for servers and looks after clients.',
  CLIENT: 'Sees what belongs to their tenants, and nothing else.',
};

const named = (name: string) => (name.trim() ? null : 'Enter the name.');

export function NewUserDialog({ onClose }: { onClose: () => void }) {
  const { form, submit, pending, general } = useMutationForm({
    document: CreateUser,
    payload: (answer) => answer.createUser,
    initialValues: { name: '', email: '', username: '', password: '', level: 'BILLING' as Level, isManager: false },
    validate: {
      name: named,
      email: (email: string) => (/^\S+@\S+$/.test(email.trim()) ? null : 'An email address.'),
      username: (username: string) =>
        username.trim() === '' || /^[\w.-]{3,50}$/.test(username.trim())
          ? null
          : '3 to 50 letters, digits, dots, hyphens and underscores.',
      password: (password: string) => ([...password].length >= 10 ? null : 'At least 10 characters.'),
    },
    variables: ({ name, email, username, password, level, isManager }) => ({
      input: {
        name: name.trim(),
        email: email.trim(),
        username: username.trim() || null,
        password,
        level,
        isManager: level === 'TECHNICIAN' && isManager,
      },
    }),
    onSuccess: ({ user }) => {
      showToast({ color: 'green', message: `${user?.name ?? 'The user'} can sign in now.` });
      onClose();
    },
  });
  const { level } = form.getValues();
  return (
    <Dialog opened onClose={onClose} title="New user">
      <form onSubmit={submit} noValidate autoComplete="off">
        <Stack gap="md">
          <FormErrors messages={general} />
          <TextInput label="Name" required data-autofocus autoComplete="off" {...form.getInputProps('name')} />
          <TextInput label="Email" type="email" required autoComplete="off" {...form.getInputProps('email')} />
          <TextInput
            label="User name"
            description="Another way to sign in"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            {...form.getInputProps('username')}
          />
          <PasswordInput
            label="Password"
            description="At least 10 characters; give it to them in person or through a vault."
            required
            autoComplete="new-password"
            {...form.getInputProps('password')}
          />
          <Select
            label="Level"
            description={LEVEL_WORDS[level]}
            data={statusOptions('level')}
            allowDeselect={false}
            {...form.getInputProps('level')}
          />
          {level === 'TECHNICIAN' && <ManagerSwitch {...form.getInputProps('isManager', { type: 'checkbox' })} />}
          <Buttons label="Create user" pending={pending} onClose={onClose} />
        </Stack>
      </form>
    </Dialog>
  );
}

interface EditUserDialogProps {
  user: { id: string; name: string; email: string | null; level: Level; isManager: boolean; status: Status };
  onClose: () => void;
}

export function EditUserDialog({ user, onClose }: EditUserDialogProps) {
  const viewer = useViewer();
  const self = viewer.user.id === user.id;
  const { form, submit, pending, general } = useMutationForm({
    document: UpdateUser,
    payload: (answer) => answer.updateUser,
    initialValues: { name: user.name, level: user.level, isManager: user.isManager, status: user.status },
    validate: { name: named },
    variables: ({ name, level, isManager, status }) => ({
      input: {
        id: user.id,
        name: name.trim(),
        isManager: level === 'TECHNICIAN' && isManager,
        // Nobody locks themselves out by accident.
        ...(self ? {} : { level, status }),
      },
    }),
    onSuccess: () => {
      showToast({ color: 'green', message: 'The user is saved.' });
      onClose();
    },
  });
  const { level, status } = form.getValues();
  return (
    <Dialog opened onClose={onClose} title={`Edit ${user.name}`}>
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <FormErrors messages={general} />
          {user.email && (
            <Text size="sm" c="dimmed">
              {user.email}
            </Text>
          )}
          <TextInput label="Name" required data-autofocus {...form.getInputProps('name')} />
          <Select
            label="Level"
            description={self ? 'Another administrator changes your own level.' : LEVEL_WORDS[level]}
            data={statusOptions('level')}
            allowDeselect={false}
            disabled={self}
            {...form.getInputProps('level')}
          />
          {level === 'TECHNICIAN' && <ManagerSwitch {...form.getInputProps('isManager', { type: 'checkbox' })} />}
          <Select
            label="Status"
            data={statusOptions('user')}
            allowDeselect={false}
            disabled={self}
            {...form.getInputProps('status')}
          />
          {status === 'SUSPENDED' && user.status === 'ACTIVE' && (
            <Alert color="orange" icon={<IconAlertTriangle size={18} aria-hidden />}>
              {user.name} is signed out everywhere at once and cannot sign in again. What they have done stays.
            </Alert>
          )}
          <Buttons label="Save" pending={pending} onClose={onClose} />
        </Stack>
      </form>
    </Dialog>
  );
}

function ManagerSwitch(props: object) {
  return <Switch label="Manager" description="Reaches every project without a grant." {...props} />;
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
