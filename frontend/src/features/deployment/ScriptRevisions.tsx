import '~/ui/theme/mantine-more.css';
import { Badge, Group, SegmentedControl, Select, Stack, Text } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { Search } from '~/app/search';
import { CodeView, CopyableCode, EmptyState, RelativeTime, Section } from '~/ui';
import { RevisionDiff } from './RevisionDiff';
import { ScriptFiles } from './ScriptFiles';
import { languageOf, type Revision, type Script } from './scriptQuery';
import classes from './ScriptRevisions.module.css';

interface ScriptRevisionsProps {
  script: Script;
  /** Content is for those who deploy. */
  mayRead: boolean;
}

const single = (value: Search[string]) => [value].flat()[0];

/** A revision to read, or what changed between two. Which ones stands in the address. */
export function ScriptRevisions({ script, mayRead }: ScriptRevisionsProps) {
  const search: Search = useSearch({ strict: false });
  const navigate = useNavigate();
  const { revisions } = script;
  const numbered = (wanted: string | undefined) => revisions.find(({ number }) => String(number) === wanted);
  const shown = numbered(single(search.revision)) ?? numbered(String(script.currentRevision.number)) ?? revisions[0];
  const comparing = single(search.compare) !== undefined;
  const before = numbered(single(search.compare)) ?? (shown && numbered(String(shown.number - 1)));

  const go = (change: Search) =>
    void navigate({
      to: '.',
      replace: true,
      resetScroll: false,
      search: ((previous: Search) => ({ ...previous, ...change })) as never,
    });

  if (!shown) return null;
  const options = revisions.map((revision) => ({
    value: String(revision.number),
    label: `Revision ${revision.number}${revision.number === script.currentRevision.number ? ' (current)' : ''}`,
  }));

  return (
    <Section
      title="Content"
      actions={
        <Group gap="xs">
          {revisions.length > 1 && mayRead && (
            <SegmentedControl
              size="xs"
              aria-label="What to show"
              data={[
                { value: 'content', label: 'Content' },
                { value: 'changes', label: 'Changes' },
              ]}
              value={comparing ? 'changes' : 'content'}
              onChange={(value) =>
                go({ compare: value === 'changes' ? String(Math.max(1, shown.number - 1)) : undefined })
              }
            />
          )}
          {comparing && (
            <Select
              size="xs"
              aria-label="Compare from"
              className={classes.select}
              data={options}
              value={before ? String(before.number) : null}
              allowDeselect={false}
              onChange={(compare) => go({ compare: compare ?? undefined })}
            />
          )}
          {comparing && (
            <Text size="sm" c="dimmed">
              to
            </Text>
          )}
          <Select
            size="xs"
            aria-label={comparing ? 'Compare to' : 'Revision'}
            className={classes.select}
            data={options}
            value={String(shown.number)}
            allowDeselect={false}
            onChange={(revision) => go({ revision: revision ?? undefined })}
          />
        </Group>
      }
    >
      <RevisionFacts revision={shown} current={shown.number === script.currentRevision.number} />
      {!mayRead || shown.content == null ? (
        <EmptyState icon={IconLock} title="The content is not open to you">
          Those who deploy read scripts. The digest says which one a plan binds.
        </EmptyState>
      ) : comparing && before?.content != null ? (
        <RevisionDiff
          label={`Changes from revision ${before.number} to revision ${shown.number}`}
          before={before}
          after={shown}
        />
      ) : (
        <Stack gap="md">
          <CodeView
            code={shown.content}
            language={languageOf(script.kind)}
            label={`Content of ${script.name}, revision ${shown.number}`}
            maxHeight={560}
          />
          <ScriptFiles files={shown.files ?? []} of={`${script.name}, revision ${shown.number}`} />
        </Stack>
      )}
    </Section>
  );
}

function RevisionFacts({ revision, current }: { revision: Revision; current: boolean }) {
  return (
    <Group gap="sm" mb="sm" className={classes.facts}>
      <span>
        Revision {revision.number} by <strong>{revision.author?.name ?? 'Rookery'}</strong>{' '}
        <RelativeTime value={revision.createdAt} />
      </span>
      {!current && <Badge color="yellow">Not current</Badge>}
      <CopyableCode value={revision.digest} label="digest" shortenTo={16} />
    </Group>
  );
}
