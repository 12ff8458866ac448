import { Alert, Badge, Button, Group, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconKey, IconPencil } from '@tabler/icons-react';
import { useMutationAction } from '~/api/useMutationAction';
import { graphql } from '~/gql';
import {
  ActionButton,
  ConfirmDialog,
  CopyableCode,
  FormErrors,
  KeyValueList,
  RelativeTime,
  Section,
  showToast,
  StatusBadge,
  useMutationForm,
} from '~/ui';
import { ConnectionTest } from './ConnectionTest';
import type { Project, Ssh } from './projectQuery';

const UpdateProjectSsh = graphql(`
  mutation UpdateProjectSsh($input: UpdateProjectSshInput!) {
    updateProjectSsh(input: $input) {
      project {
        id
        updatedAt
        ssh {
          user
          port
          hasPrivateKey
          hasPassphrase
          publicKey
          testedAt
          testStatus
          testMessage
        }
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

interface ProjectConnectionProps {
  project: Project;
  ssh: Ssh;
  mayEdit: boolean;
  mayTest: boolean;
}

/** By what the servers of a project are reached, and whether it works. */
export function ProjectConnection({ project, ssh, mayEdit, mayTest }: ProjectConnectionProps) {
  const [editing, edit] = useDisclosure(false);
  const [removing, removal] = useDisclosure(false);
  const { run } = useMutationAction(UpdateProjectSsh, (answer) => answer.updateProjectSsh);
  const reason = 'Changing the connection needs admin access to the project.';

  async function removeKey() {
    const payload = await run({ input: { projectId: project.id, privateKey: null, passphrase: null } });
    for (const { message } of payload?.userErrors ?? []) showToast({ color: 'red', message });
    return payload !== null;
  }

  return (
    <Stack gap="lg">
      <Section
        title="SSH"
        description="Deployments sign in to every server of this project with this."
        actions={
          !editing && (
            <>
              {ssh.hasPrivateKey && (
                <ActionButton variant="default" size="xs" allowed={mayEdit} reason={reason} onClick={removal.open}>
                  Remove key
                </ActionButton>
              )}
              <ActionButton
                variant="default"
                size="xs"
                allowed={mayEdit}
                reason={reason}
                leftSection={<IconPencil size={15} aria-hidden />}
                onClick={edit.open}
              >
                Edit
              </ActionButton>
            </>
          )
        }
      >
        {editing ? (
          <SshForm project={project} ssh={ssh} onDone={edit.close} />
        ) : (
          <Stack gap="md">
            {!ssh.hasPrivateKey && (
              <Alert color="yellow" title="No private key" icon={<IconKey size={18} aria-hidden />}>
                Without a key nothing can be deployed to this project's servers.
              </Alert>
            )}
            <KeyValueList
              columns={3}
              entries={[
                ['User', <code key="user">{ssh.user}</code>],
                ['Port', ssh.port],
                [
                  'Private key',
                  ssh.hasPrivateKey ? (
                    <Group key="key" gap={6}>
                      <Badge color="green">Stored, sealed</Badge>
                      {ssh.hasPassphrase && <Badge color="gray">With passphrase</Badge>}
                    </Group>
                  ) : (
                    'None'
                  ),
                ],
                [
                  'Last test',
                  ssh.testStatus ? (
                    <Group key="test" gap={8}>
                      <StatusBadge of="connectionTest" value={ssh.testStatus} />
                      {ssh.testedAt && <RelativeTime value={ssh.testedAt} />}
                    </Group>
                  ) : (
                    'Not tested yet'
                  ),
                ],
                ssh.testMessage ? ['What the test said', ssh.testMessage] : false,
              ]}
            />
            {ssh.publicKey && (
              <div>
                <Text size="xs" c="dimmed" mb={4}>
                  Public key, for authorized_keys on the servers
                </Text>
                <CopyableCode value={ssh.publicKey} label="public key" />
              </div>
            )}
          </Stack>
        )}
      </Section>
      <ConnectionTest project={project} hasKey={ssh.hasPrivateKey} mayTest={mayTest} />
      <ConfirmDialog
        opened={removing}
        onClose={removal.close}
        title="Remove the private key?"
        confirmLabel="Remove key"
        tone="danger"
        onConfirm={removeKey}
      >
        <Text size="sm">
          Rookery forgets the key and its passphrase. Nothing can be deployed to {project.name} until another key is
          given. The servers still accept the key.
        </Text>
      </ConfirmDialog>
    </Stack>
  );
}

interface SshFormProps {
  project: Project;
  ssh: Ssh;
  onDone: () => void;
}

type SshValues = { user: string; port: string; privateKey: string; passphrase: string };

function SshForm({ project, ssh, onDone }: SshFormProps) {
  const { form, submit, pending, general } = useMutationForm({
    document: UpdateProjectSsh,
    payload: (answer) => answer.updateProjectSsh,
    initialValues: { user: ssh.user, port: String(ssh.port), privateKey: '', passphrase: '' },
    validate: {
      user: (user: string) => (user.trim() ? null : 'As whom to sign in.'),
      port: (port: string) =>
        /^\d{1,5}$/.test(port.trim()) && Number(port) >= 1 && Number(port) <= 65_535 ? null : 'Between 1 and 65535.',
      passphrase: (passphrase: string, values: SshValues) =>
        passphrase && !values.privateKey.trim() && !ssh.hasPrivateKey ? 'There is no key that it could open.' : null,
    },
    variables: ({ user, port, privateKey, passphrase }) => ({
      input: {
        projectId: project.id,
        user: user.trim(),
        port: Number(port),
        // What is left empty stays as it is. A new key without a passphrase has none, so the old one goes.
        ...(privateKey.trim() ? { privateKey: `${privateKey.trim()}\n`, passphrase: passphrase || null } : {}),
        ...(passphrase && !privateKey.trim() ? { passphrase } : {}),
      },
    }),
    onSuccess: () => {
      showToast({ color: 'green', message: 'The connection is saved. Test it now.' });
      onDone();
    },
  });
  return (
    <form onSubmit={submit} noValidate autoComplete="off">
      <Stack gap="md" maw={720}>
        <FormErrors messages={general} />
        <Group grow align="flex-start">
          <TextInput label="User" required spellCheck={false} autoCapitalize="none" {...form.getInputProps('user')} />
          <TextInput label="Port" required inputMode="numeric" {...form.getInputProps('port')} />
        </Group>
        <Textarea
          label={ssh.hasPrivateKey ? 'Replace the private key' : 'Private key'}
          description={`OpenSSH, PKCS#1, PKCS#8 or PuTTY. It is sealed when it arrives and never shown again.${ssh.hasPrivateKey ? ' Leave it empty to keep the present one.' : ''}`}
          placeholder="-----BEGIN OPENSSH PRIVATE KEY-----"
          autosize
          minRows={5}
          maxRows={12}
          spellCheck={false}
          autoComplete="off"
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: '0.75rem' } }}
          {...form.getInputProps('privateKey')}
        />
        <TextInput
          type="password"
          label="Passphrase"
          description={ssh.hasPassphrase ? 'One is stored. Leave it empty to keep it.' : 'Only if the key has one.'}
          autoComplete="new-password"
          maw={360}
          {...form.getInputProps('passphrase')}
        />
        <Group gap="xs">
          <Button type="submit" loading={pending}>
            Save connection
          </Button>
          <Button variant="default" onClick={onDone} disabled={pending}>
            Cancel
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
