import '~/ui/theme/mantine-more.css';
import { ActionIcon, Badge, Button, Group, Radio, Stack, Text, VisuallyHidden } from '@mantine/core';
import type { GraphiQLPlugin } from '@graphiql/react';
import { IconPencil, IconPlus, IconTags, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useConnection } from '../connection';
import { Panel } from '../Panel';
import { uuid } from '../uuid';
import { HeaderSetForm } from './HeaderSetForm';
import classes from './headers.module.css';
import { isSecret, withoutSet, withSet, type HeaderSet } from './headerSets';

export const HEADERS_PLUGIN: GraphiQLPlugin = {
  title: 'Saved headers',
  icon: () => <IconTags stroke={1.6} aria-hidden />,
  content: HeadersPanel,
};

const NONE = 'none';

function HeadersPanel() {
  const { headerSets, setHeaderSets } = useConnection();
  const [edited, setEdited] = useState<HeaderSet | null>(null);
  const { sets, chosen } = headerSets;
  const name = (id: string | null) => sets.find((set) => set.id === id)?.name;

  return (
    <Panel
      title="Saved headers"
      about="The chosen set goes with every operation and opens every socket. What a tab's own Headers say comes before it."
    >
      <Radio.Group
        aria-label="Headers to send"
        value={chosen ?? NONE}
        onChange={(value) => setHeaderSets({ sets, chosen: value === NONE ? null : value })}
      >
        <Stack gap={6}>
          <div className={classes.set}>
            <Radio size="xs" value={NONE} label="None" />
          </div>
          {sets.map((set) =>
            edited?.id === set.id ? null : (
              <div key={set.id} className={classes.set}>
                <Group justify="space-between" wrap="nowrap" gap="xs">
                  <Radio size="xs" value={set.id} label={set.name} />
                  <Group gap={2} wrap="nowrap">
                    <ActionIcon size="sm" aria-label={`Edit ${set.name}`} onClick={() => setEdited(set)}>
                      <IconPencil size={15} stroke={1.7} />
                    </ActionIcon>
                    <ActionIcon
                      size="sm"
                      aria-label={`Delete ${set.name}`}
                      onClick={() => setHeaderSets(withoutSet(headerSets, set.id))}
                    >
                      <IconTrash size={15} stroke={1.7} />
                    </ActionIcon>
                  </Group>
                </Group>
                <Summary set={set} />
              </div>
            ),
          )}
        </Stack>
      </Radio.Group>
      {edited ? (
        <HeaderSetForm
          key={edited.id}
          set={edited}
          isNew={!sets.some(({ id }) => id === edited.id)}
          onCancel={() => setEdited(null)}
          onSave={(set) => {
            setHeaderSets(withSet(headerSets, set));
            setEdited(null);
          }}
        />
      ) : (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => setEdited({ id: uuid(), name: '', headers: [{ name: '', value: '' }], remember: false, rememberSecrets: false })}
        >
          New set
        </Button>
      )}
      <VisuallyHidden role="status">{chosen ? `Sending ${name(chosen)}` : 'Sending no saved headers'}</VisuallyHidden>
    </Panel>
  );
}

function Summary({ set }: { set: HeaderSet }) {
  const forgotten = set.headers.filter((header) => header.name && !header.value).map((header) => header.name);
  return (
    <div className={classes.summary}>
      <Text size="xs" c="dimmed" className={classes.names}>
        {set.headers.map((header) => header.name).join(', ')}
      </Text>
      <Group gap={6}>
        {set.remember && <Badge size="xs" color="gray">{keeps(set)}</Badge>}
        {forgotten.length > 0 && (
          <Badge size="xs" color="yellow">
            {forgotten.join(', ')}: no value
          </Badge>
        )}
      </Group>
    </div>
  );
}

const keeps = (set: HeaderSet) =>
  set.headers.some(({ name }) => isSecret(name)) && !set.rememberSecrets ? 'remembered without secrets' : 'remembered';
