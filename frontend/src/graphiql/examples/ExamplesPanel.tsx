import { Badge, Text, TextInput, UnstyledButton } from '@mantine/core';
import { useGraphiQL, useGraphiQLActions, type GraphiQLPlugin } from '@graphiql/react';
import { IconBook2, IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { useConnection } from '../connection';
import { byDomain, DOMAINS } from '../domains';
import { Panel } from '../Panel';
import { useIsNarrow } from '../useIsNarrow';
import classes from './examples.module.css';
import { filledVariables, idsQuery, kindOf, type Example, type ListField } from './example';
import { EXAMPLES } from './index';

export const EXAMPLES_PLUGIN: GraphiQLPlugin = {
  title: 'Examples',
  icon: () => <IconBook2 stroke={1.6} aria-hidden />,
  content: ExamplesPanel,
};

const COLORS = { query: 'blue', mutation: 'orange', subscription: 'teal' } as const;

function ExamplesPanel() {
  const [search, setSearch] = useState('');
  const [said, setSaid] = useState('');
  const open = useOpen();
  const words = search.toLowerCase().trim();
  const found = EXAMPLES.filter(
    (example) =>
      !words || `${example.title} ${example.about} ${DOMAINS[example.domain]} ${kindOf(example)}`.toLowerCase().includes(words),
  );
  return (
    <Panel title="Examples" about="Each opens in a tab of its own. Nothing runs before you run it.">
      <TextInput
        size="xs"
        aria-label="Search the examples"
        placeholder="Search the examples"
        leftSection={<IconSearch size={14} aria-hidden />}
        value={search}
        onChange={({ currentTarget }) => setSearch(currentTarget.value)}
      />
      <Text size="xs" role="status" className={classes.said}>
        {said}
      </Text>
      {found.length === 0 && (
        <Text size="sm" c="dimmed">
          No example has this in it.
        </Text>
      )}
      {byDomain(found, ({ domain }) => domain).map(([domain, examples]) => (
        <section key={domain} aria-labelledby={`examples-${domain}`}>
          <h3 id={`examples-${domain}`} className={classes.domain}>
            {DOMAINS[domain]}
          </h3>
          <ul className={classes.list}>
            {examples.map((example) => (
              <li key={example.title}>
                <UnstyledButton
                  className={classes.example}
                  onClick={async () => setSaid(await open(example))}
                >
                  <span className={classes.title}>
                    {example.title}
                    <Badge size="xs" color={COLORS[kindOf(example)]}>
                      {kindOf(example)}
                    </Badge>
                  </span>
                  <span className={classes.about}>{example.about}</span>
                </UnstyledButton>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </Panel>
  );
}

/** Opens an example in a new tab, with the ids of what the viewer sees; answers what to say about it. */
function useOpen(): (example: Example) => Promise<string> {
  const { fetcher } = useConnection();
  const { addTab, setVisiblePlugin } = useGraphiQLActions();
  const isNarrow = useIsNarrow();
  const editors = useGraphiQL(({ queryEditor, variableEditor }) => ({ queryEditor, variableEditor }));

  return async (example) => {
    const query = idsQuery(example);
    const ids: Partial<Record<ListField, string>> = {};
    if (query) {
      // The same way as everything else, thus as the same person. Without an answer the ids are left to fill in.
      const answer = (await fetcher({ query, operationName: null })) as { data?: Record<string, Found | null> | null };
      for (const [list, found] of Object.entries(answer.data ?? {})) ids[list as ListField] = found?.nodes[0]?.id;
    }
    addTab();
    editors.queryEditor?.setValue(example.document);
    editors.variableEditor?.setValue(example.variables ? JSON.stringify(filledVariables(example, ids), null, 2) : '');
    if (isNarrow) setVisiblePlugin(null);
    else editors.queryEditor?.focus();
    const missing = Object.values(example.fill ?? {}).some((list) => !ids[list]);
    return `Opened "${example.title}" in a new tab.${missing ? ' Fill in the ids that its variables leave empty.' : ''}`;
  };
}

interface Found {
  nodes: { id: string }[];
}
