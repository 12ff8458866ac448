import '~/ui/theme/mantine-more.css';
import { Button, Code, Group, Loader, Stack, Text } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import { useClient, useQuery } from 'urql';
import { graphql } from '~/gql';
import { Dialog, ErrorState, formatCount, showToast } from '~/ui';
import type { Deployment } from './deploymentQuery';
import { eventLine } from './eventLine';
import { readEvents } from './readEvents';
import { fileNameOf, saveFile } from './saveFile';

const ReceiptQuery = graphql(`
  query DeploymentReceipt($id: ID!) {
    deployment(id: $id) {
      id
      receipt
    }
  }
`);

interface ReceiptDialogProps {
  deployment: Deployment;
  title: string;
  onClose: () => void;
}

export default function ReceiptDialog({ deployment, title, onClose }: ReceiptDialogProps) {
  const [{ data, fetching, error }, reload] = useQuery({ query: ReceiptQuery, variables: { id: deployment.id } });
  const receipt = data?.deployment?.receipt;
  const name = fileNameOf(title, deployment.createdAt);
  return (
    <Dialog opened onClose={onClose} title="Receipt" size="lg">
      {error && <ErrorState error={error} onRetry={() => reload({ requestPolicy: 'network-only' })} />}
      {fetching && !data && <Loader size="sm" aria-label="Reading the receipt" />}
      {data && !error && !receipt && (
        <Text size="sm">
          There is none: this deployment was started by a version of Rookery that did not make receipts yet.
        </Text>
      )}
      {receipt && <Receipt deployment={deployment} receipt={receipt} name={name} />}
    </Dialog>
  );
}

function Receipt({ deployment, receipt, name }: { deployment: Deployment; receipt: string; name: string }) {
  const client = useClient();
  const [count, setCount] = useState<number | null>(null);

  async function saveLog() {
    setCount(0);
    const lines: string[] = [];
    const complete = await readEvents(client, deployment.id, (events) => {
      for (const event of events) lines.push(`${eventLine(event)}\n`);
      setCount(lines.length);
    });
    setCount(null);
    if (complete) saveFile(`${name}.jsonl`, lines, 'application/jsonl');
    else showToast({ color: 'red', message: 'The log could not be read to its end. Try again.' });
  }

  return (
    <Stack gap="md">
      <Text size="sm">
        It says who decided what, what ran on which servers, how it came out there, and what the log was. It was signed
        when this deployment ended: whoever has it can check it without asking Rookery, and any change shows.
      </Text>
      <Group gap="xs">
        <Button
          data-autofocus
          leftSection={<IconDownload size={16} aria-hidden />}
          onClick={() => saveFile(`${name}.jws`, [receipt], 'application/jose')}
        >
          Download receipt
        </Button>
        <Button variant="default" loading={count !== null} onClick={() => void saveLog()}>
          Download its log
        </Button>
        <Button component="a" href="/.well-known/jwks.json" download="jwks.json" variant="default">
          Download public keys
        </Button>
        <Text size="xs" c="dimmed" role="status">
          {count ? `${formatCount(count, 'event')} read…` : ''}
        </Text>
      </Group>
      <div>
        <Text size="sm" mb={6}>
          Whoever wants to check them needs the program <code>rookery</code>, and this server’s public keys, best from the
          server itself:
        </Text>
        <Code block style={{ whiteSpace: 'pre-wrap' }}>
          {`rookery receipt verify ${name}.jws --jwks jwks.json --events ${name}.jsonl`}
        </Code>
      </div>
      <Text size="sm" c="dimmed">
        It proves what Rookery recorded, not that the servers told it the truth, nor what happened to them since. It holds
        no variables and no secrets.
      </Text>
    </Stack>
  );
}
