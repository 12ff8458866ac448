import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { useEffect, useRef } from 'react';
import { useConnection } from './connection';

/** What GraphiQL does when the page acts as somebody else; shows nothing. */
export function PersonChange() {
  const { attempt, generation } = useConnection();
  const { introspect, stop, moveTab, updateActiveTabValues } = useGraphiQLActions();
  const state = useGraphiQL(({ tabs, activeTabIndex, responseEditor }) => ({ tabs, activeTabIndex, responseEditor }));
  // GraphiQL itself reads the schema at first, and there is nothing yet to forget.
  const last = useRef({ attempt, generation });

  useEffect(() => {
    if (last.current.attempt === attempt) return;
    last.current.attempt = attempt;
    void introspect();
  }, [attempt, introspect]);

  useEffect(() => {
    if (last.current.generation === generation) return;
    last.current.generation = generation;
    // What the last person was answered is not for the next one to see, in no tab.
    stop();
    moveTab(state.tabs.map((tab, index) => (index === state.activeTabIndex ? tab : { ...tab, response: null })));
    updateActiveTabValues({ response: null });
    state.responseEditor?.setValue('');
  }, [generation, stop, moveTab, updateActiveTabValues, state]);
  return null;
}
