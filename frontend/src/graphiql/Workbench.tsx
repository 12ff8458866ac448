import '@graphiql/react/style.css';
import '@graphiql/plugin-doc-explorer/style.css';
import '@graphiql/plugin-history/style.css';
import 'graphiql/graphiql.css';
import './graphiql.css';
import { HISTORY_PLUGIN } from '@graphiql/plugin-history';
import { useComputedColorScheme } from '@mantine/core';
import { GraphiQL } from 'graphiql';
import { CostLine } from './CostLine';
import { useConnection } from './connection';
import { EDITOR_THEME, useEditorLook } from './editorLook';
import { EXAMPLES_PLUGIN } from './examples/ExamplesPanel';
import { EXPLORER_PLUGIN } from './explorer/ExplorerPanel';
import { HEADERS_PLUGIN } from './headers/HeadersPanel';
import { PersonChange } from './PersonChange';
import { createStorage } from './storage';
import { TabSemantics } from './TabSemantics';

const FIRST = `# Rookery's GraphQL API. Sign in above, or give a token.
# Ctrl-Enter runs the operation, Ctrl-Space completes; Examples and Explorer are on the left.
query WhoAmI {
  viewer {
    user {
      name
    }
    level
    permissions
  }
}
`;

const PLUGINS = [EXPLORER_PLUGIN, EXAMPLES_PLUGIN, HEADERS_PLUGIN, HISTORY_PLUGIN];
const STORAGE = createStorage();

/** GraphiQL with our panels and our look. */
export default function Workbench() {
  const { fetcher } = useConnection();
  const scheme = useComputedColorScheme('light');
  useEditorLook(scheme);
  return (
    <GraphiQL
      fetcher={fetcher}
      defaultQuery={FIRST}
      plugins={PLUGINS}
      storage={STORAGE}
      forcedTheme={scheme}
      editorTheme={EDITOR_THEME}
      defaultEditorToolsVisibility
      inputValueDeprecation
      // Headers that are to be kept have a panel of their own, where one says so for each set.
      shouldPersistHeaders={false}
      showPersistHeadersSettings={false}
    >
      <GraphiQL.Logo>
        <PersonChange />
        <TabSemantics />
      </GraphiQL.Logo>
      <GraphiQL.Footer>
        <CostLine />
      </GraphiQL.Footer>
    </GraphiQL>
  );
}

