import '~/ui/theme/mantine-more.css';
import { Alert, Button, FileInput, Group, Select, Stack, Switch, Textarea, TextInput } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useState } from 'react';
import { graphql } from '~/gql';
import { CopyableCode, Dialog, formatDateTime, FormErrors, useMutationForm } from '~/ui';
import { inDays, LIFETIMES } from './accessToken';

const CreateAccessToken = graphql(`
  mutation CreateAccessToken($input: CreateAccessTokenInput!) {
    createAccessToken(input: $input) {
      secret
      accessToken {
        id
        name
        expiresAt
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

interface Created {
  name: string;
  secret: string;
}

export function NewAccessTokenDialog({ onClose }: { onClose: () => void }) {
  // Nowhere else: with the dialog it is gone.
  const [created, setCreated] = useState<Created | null>(null);
  if (created) return <SecretDialog created={created} onClose={onClose} />;
  return <FormDialog onClose={onClose} onCreated={setCreated} />;
}

function FormDialog({ onClose, onCreated }: { onClose: () => void; onCreated: (created: Created) => void }) {
  const [files, setFiles] = useState<readonly { file: File; text: string }[]>([]);
  const { form, submit, pending, general } = useMutationForm({
    document: CreateAccessToken,
    payload: (answer) => answer.createAccessToken,
    initialValues: { name: '', expiresAt: '90', readOnly: true, confined: false, documents: '' },
    validate: { name: (name: string) => (name.trim() ? null : 'Say what it is for.') },
    variables: ({ name, expiresAt, readOnly, confined, documents }) => ({
      input: {
        name: name.trim(),
        expiresAt: inDays(Number(expiresAt)),
        readOnly,
        documents: confined ? [...files.map(({ text }) => text), ...(documents.trim() ? [documents] : [])] : null,
      },
    }),
    onSuccess: ({ accessToken, secret }) => {
      if (accessToken && secret) onCreated({ name: accessToken.name, secret });
    },
  });
  const { expiresAt, confined } = form.getValues();

  async function read(chosen: File[]) {
    setFiles(await Promise.all(chosen.map(async (file) => ({ file, text: await file.text() }))));
  }

  return (
    <Dialog opened onClose={onClose} title="New access token">
      <form onSubmit={submit} noValidate autoComplete="off">
        <Stack gap="md">
          <FormErrors messages={general} />
          <TextInput
            label="Name"
            description="What will use it, such as a program or a machine"
            required
            data-autofocus
            autoComplete="off"
            maxLength={100}
            {...form.getInputProps('name')}
          />
          <Select
            label="Lasts"
            description={`Until ${formatDateTime(inDays(Number(expiresAt)))}`}
            data={LIFETIMES}
            allowDeselect={false}
            {...form.getInputProps('expiresAt')}
          />
          <Switch
            label="Only reads"
            description="It carries out no mutation, whatever you may do yourself."
            {...form.getInputProps('readOnly', { type: 'checkbox' })}
          />
          <Switch
            label="Only certain documents"
            description="It carries out those that you give here, and nothing else. That cannot be changed later."
            {...form.getInputProps('confined', { type: 'checkbox' })}
          />
          {confined && (
            <>
              <FileInput
                label="Files"
                description="Each is one document, to the byte: your program sends the same text, or its hash."
                placeholder="Choose .graphql files"
                multiple
                clearable
                accept=".graphql,.gql,text/plain"
                value={files.map(({ file }) => file)}
                onChange={(chosen) => void read(chosen)}
              />
              <Textarea
                label="Another document"
                autosize
                minRows={4}
                maxRows={12}
                spellCheck={false}
                autoComplete="off"
                styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
                {...form.getInputProps('documents')}
              />
            </>
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose} disabled={pending}>
              Back
            </Button>
            <Button type="submit" loading={pending}>
              Create access token
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

/** The only time that the secret is seen: nothing but its own button closes the dialog. */
function SecretDialog({ created, onClose }: { created: Created; onClose: () => void }) {
  return (
    <Dialog
      opened
      onClose={onClose}
      title={`Secret of ${created.name}`}
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
    >
      <Stack gap="md">
        <Alert color="yellow" icon={<IconAlertTriangle size={18} aria-hidden />} title="Copy it now: it is not shown again">
          Who has it acts with your rights. Keep it where secrets are kept, and revoke it here if it may have leaked.
        </Alert>
        <CopyableCode value={created.secret} label="secret" />
        <Group justify="flex-end">
          <Button onClick={onClose} data-autofocus>
            I have kept it
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
