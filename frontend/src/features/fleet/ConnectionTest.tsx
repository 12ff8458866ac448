import '~/ui/theme/mantine-more.css';
import { Alert, Button, Checkbox, Group, Stack, Text, TextInput } from '@mantine/core';
import { IconPlugConnected, IconShieldX } from '@tabler/icons-react';
import { useState } from 'react';
import { useMutationAction } from '~/api/useMutationAction';
import { graphql, type ResultOf } from '~/gql';
import { ActionButton, CopyableCode, Dialog, EmptyState, formatDuration, FormErrors, Section, showToast, StatusBadge, TextLink } from '~/ui';
import classes from './ConnectionTest.module.css';
import type { Project } from './projectQuery';

const TestProjectConnection = graphql(`
  mutation TestProjectConnection($input: TestProjectConnectionInput!) {
    testProjectConnection(input: $input) {
      project {
        id
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
      results {
        status
        fingerprint
        message
        durationMs
        server {
          id
          name
          address
          hostKeyFingerprint
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

type Result = ResultOf<typeof TestProjectConnection>['testProjectConnection']['results'][number];

interface ConnectionTestProps {
  project: Project;
  hasKey: boolean;
  mayTest: boolean;
}

/** Signs in to every server and says how each answered; a key seen for the first time is compared and pinned here. */
export function ConnectionTest({ project, hasKey, mayTest }: ConnectionTestProps) {
  const { run, pending } = useMutationAction(TestProjectConnection, (answer) => answer.testProjectConnection);
  const [results, setResults] = useState<readonly Result[] | null>(null);
  const [problems, setProblems] = useState<string[]>([]);
  const [pinning, setPinning] = useState<Result | null>(null);

  async function test() {
    const payload = await run({ input: { projectId: project.id } });
    if (!payload) return;
    setProblems(payload.userErrors.map(({ message }) => message));
    if (payload.userErrors.length === 0) setResults(payload.results);
  }

  /** Answers what went wrong; nothing when the key is pinned. */
  async function pin(result: Result): Promise<string[] | null> {
    const payload = await run({
      input: { projectId: project.id, serverId: result.server.id, acceptFingerprint: result.fingerprint },
    });
    if (!payload) return null;
    if (payload.userErrors.length > 0) return payload.userErrors.map(({ message }) => message);
    const [answer] = payload.results;
    if (answer) {
      setResults((before) => (before ?? []).map((other) => (other.server.id === answer.server.id ? answer : other)));
      showToast({ color: 'green', message: `The host key of ${answer.server.name} is pinned.` });
    }
    return [];
  }

  const reason = !mayTest ? 'Testing the connection needs write access to the project.' : 'Give the project a private key first.';
  const mismatches = results?.filter(({ status }) => status === 'HOST_KEY_MISMATCH') ?? [];
  return (
    <Section
      title="Connection test"
      description="Signs in to each server and signs out again. Nothing runs there."
      flush
      actions={
        <ActionButton
          size="xs"
          allowed={mayTest && hasKey}
          reason={reason}
          loading={pending && !pinning}
          leftSection={<IconPlugConnected size={15} aria-hidden />}
          onClick={() => void test()}
        >
          Test connection
        </ActionButton>
      }
    >
      {problems.length > 0 && (
        <div className={classes.pad}>
          <FormErrors messages={problems} />
        </div>
      )}
      {mismatches.length > 0 && (
        <div className={classes.pad}>
          <Alert
            color="red"
            variant="filled"
            role="alert"
            title={`${mismatches.length === 1 ? 'A server shows' : 'Servers show'} another key than the pinned one`}
            icon={<IconShieldX size={20} aria-hidden />}
          >
            Either {mismatches.map(({ server }) => server.name).join(', ')} was installed anew, or somebody else answers at
            its address and listens. Find out which before you do anything else. Nothing was sent and nothing runs there.
          </Alert>
        </div>
      )}
      {results ? (
        <ul className={classes.results} aria-label="Results by server">
          {results.map((result) => (
            <li key={result.server.id} className={classes.result} data-loud={result.status === 'HOST_KEY_MISMATCH' || undefined}>
              <div className={classes.head}>
                <TextLink to="/servers/$id" params={{ id: result.server.id }}>
                  {result.server.name}
                </TextLink>
                <code>{result.server.address}</code>
                <StatusBadge of="connectionTest" value={result.status} />
                <Text size="xs" c="dimmed" ml="auto">
                  {formatDuration(result.durationMs)}
                </Text>
              </div>
              <Text size="sm">{result.message}</Text>
              {result.fingerprint && result.status !== 'OK' && (
                <Group gap="sm">
                  <CopyableCode value={result.fingerprint} label="fingerprint" />
                  {(result.status === 'HOST_KEY_UNKNOWN' || result.status === 'HOST_KEY_MISMATCH') && (
                    <Button
                      size="compact-sm"
                      variant="default"
                      color={result.status === 'HOST_KEY_MISMATCH' ? 'red' : undefined}
                      onClick={() => setPinning(result)}
                    >
                      {result.status === 'HOST_KEY_MISMATCH' ? 'Pin this key instead…' : 'Compare and pin…'}
                    </Button>
                  )}
                </Group>
              )}
            </li>
          ))}
        </ul>
      ) : (
        <EmptyState icon={IconPlugConnected} title={pending ? 'Testing…' : 'Not tested on this visit'}>
          A server is reached only after its host key was compared and pinned.
        </EmptyState>
      )}
      {pinning && <PinDialog result={pinning} pending={pending} onPin={pin} onClose={() => setPinning(null)} />}
    </Section>
  );
}

interface PinDialogProps {
  result: Result;
  pending: boolean;
  onPin: (result: Result) => Promise<string[] | null>;
  onClose: () => void;
}

/** Pinning says that a person compared: it takes a deliberate tick, and for a changed key the server's name as well. */
function PinDialog({ result, pending, onPin, onClose }: PinDialogProps) {
  const { server, fingerprint, status } = result;
  const changed = status === 'HOST_KEY_MISMATCH';
  const [compared, setCompared] = useState(false);
  const [name, setName] = useState('');
  const [problems, setProblems] = useState<string[]>([]);
  const ready = compared && (!changed || name.trim() === server.name);

  async function pin() {
    const found = await onPin(result);
    if (found === null) return;
    if (found.length === 0) onClose();
    else setProblems(found);
  }

  return (
    <Dialog opened onClose={onClose} title={changed ? `Another key for ${server.name}` : `Pin the host key of ${server.name}`} size="lg">
      <Stack gap="md">
        <FormErrors messages={problems} />
        {changed && (
          <Alert color="red" title="This is how an attack looks" icon={<IconShieldX size={18} aria-hidden />}>
            Go on only if you know that the server was installed anew or its keys were replaced. Pinned until now:{' '}
            <code>{server.hostKeyFingerprint ?? 'another key'}</code>
          </Alert>
        )}
        <Text size="sm">
          Whoever answers at <code>{server.address}</code> shows this key:
        </Text>
        <code className={classes.fingerprint}>{fingerprint}</code>
        <Text size="sm">
          Compare it with what the server itself says. On its console, not over this connection:
        </Text>
        <CopyableCode value="ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub" label="command" />
        <Checkbox
          label="I compared it with the server's own, and it is the same."
          checked={compared}
          onChange={({ currentTarget }) => setCompared(currentTarget.checked)}
        />
        {changed && (
          <TextInput
            label={`Type ${server.name} to replace its pinned key`}
            value={name}
            spellCheck={false}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
          />
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose} disabled={pending}>
            Back
          </Button>
          <ActionButton
            color={changed ? 'red' : undefined}
            allowed={ready}
            reason="Compare the fingerprint first."
            loading={pending}
            onClick={() => void pin()}
          >
            I compared it, pin this key
          </ActionButton>
        </Group>
      </Stack>
    </Dialog>
  );
}
