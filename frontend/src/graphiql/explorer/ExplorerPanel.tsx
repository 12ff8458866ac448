import '~/ui/theme/mantine-more.css';
import { Alert, SegmentedControl, Text, TextInput } from '@mantine/core';
import { useGraphiQL, type GraphiQLPlugin } from '@graphiql/react';
import { IconListTree, IconSearch } from '@tabler/icons-react';
import { valueFromASTUntyped, type GraphQLSchema, type OperationTypeNode, type SelectionNode } from 'graphql';
import { useMemo, useState } from 'react';
import { byDomain, domainOf } from '../domains';
import { Panel } from '../Panel';
import { useEditorText } from '../useEditorText';
import { OperationContext, type OperationTools } from './context';
import { DomainGroup } from './DomainGroup';
import classes from './explorer.module.css';
import { moveFocus } from './keyboard';
import { changeOf, findOperation, kindOf, KINDS, read, variableName, withVariable } from './operation';
import { searchFields } from './search';
import { replaced, selected } from './selection';

export const EXPLORER_PLUGIN: GraphiQLPlugin = {
  title: 'Explorer',
  icon: () => <IconListTree stroke={1.6} aria-hidden />,
  content: ExplorerPanel,
};

const LABELS: Record<OperationTypeNode, string> = { query: 'Query', mutation: 'Mutation', subscription: 'Subscription' };

/** The schema as a tree, in which an operation is put together by ticking. */
function ExplorerPanel() {
  const { schema, isIntrospecting, operationName, queryEditor, variableEditor } = useGraphiQL((state) => ({
    schema: state.schema,
    isIntrospecting: state.isIntrospecting,
    operationName: state.operationName,
    queryEditor: state.queryEditor,
    variableEditor: state.variableEditor,
  }));
  const text = useEditorText(queryEditor);
  const reading = useMemo(() => read(text), [text]);
  const [search, setSearch] = useState('');
  const [wanted, setWanted] = useState<{ kind: OperationTypeNode; of: OperationTypeNode } | null>(null);

  const running = reading.document ? kindOf(reading.document, operationName) : (wanted?.of ?? KINDS[0]);
  // What was chosen here stands until the operation becomes one of another kind.
  const kind = wanted && wanted.of === running ? wanted.kind : running;
  const operation = reading.document ? findOperation(reading.document, kind, operationName) : undefined;
  const root = schema?.getRootType(kind);
  const selections = operation?.selectionSet.selections ?? [];

  const tools = (of: GraphQLSchema): OperationTools => ({
    schema: of,
    makeVariable(name, value) {
      const variable = variableName(name, operation);
      const json = variableEditor?.getValue() ?? '';
      variableEditor?.setValue(withVariable(json, variable, valueFromASTUntyped(value)));
      return variable;
    },
  });

  function change(before: SelectionNode | undefined, after: SelectionNode | undefined) {
    const model = queryEditor?.getModel();
    if (!schema || !queryEditor || !model) return;
    const made = changeOf(text, operation, kind, replaced(selections, before, after), schema);
    if (!made) return;
    const start = model.getPositionAt(made.start);
    const end = model.getPositionAt(made.end);
    const range = {
      startLineNumber: start.lineNumber,
      startColumn: start.column,
      endLineNumber: end.lineNumber,
      endColumn: end.column,
    };
    // As if it were typed: it can be undone.
    queryEditor.pushUndoStop();
    queryEditor.executeEdits('explorer', [{ range, text: made.text }]);
    queryEditor.pushUndoStop();
  }

  const matches = root ? searchFields(Object.values(root.getFields()), search) : [];
  return (
    <Panel title="Explorer" about="Tick what to ask for, and give arguments their values. Arrow keys move between lines.">
      <SegmentedControl
        size="xs"
        fullWidth
        aria-label="Kind of operation"
        data={KINDS.map((value) => ({ value, label: LABELS[value] }))}
        value={kind}
        onChange={(value) => setWanted({ kind: value as OperationTypeNode, of: running })}
      />
      <TextInput
        size="xs"
        aria-label="Search fields"
        placeholder="Search fields and what they answer"
        leftSection={<IconSearch size={14} aria-hidden />}
        value={search}
        onChange={({ currentTarget }) => setSearch(currentTarget.value)}
      />
      {reading.fault && (
        <Alert color="yellow" p="xs" title="The operation cannot be read">
          {reading.fault} Once that is mended, it can be built on here.
        </Alert>
      )}
      {!schema && (
        <Text size="sm" c="dimmed">
          {isIntrospecting ? 'Reading the schema…' : 'There is no schema to explore: it could not be read.'}
        </Text>
      )}
      {schema && !reading.fault && (
        <OperationContext value={tools(schema)}>
          <div className={classes.tree} onKeyDown={moveFocus}>
            {byDomain(matches, ({ field }) => domainOf(field.name)).map(([domain, found]) => (
              <DomainGroup
                key={`${kind}:${domain}`}
                domain={domain}
                matches={found}
                node={(name) => selected(selections, name)}
                onChange={change}
                isSearch={search.trim() !== ''}
              />
            ))}
            {matches.length === 0 && (
              <Text size="sm" c="dimmed">
                {root ? 'No field has this in it.' : `The schema has no ${kind}s.`}
              </Text>
            )}
          </div>
        </OperationContext>
      )}
    </Panel>
  );
}
