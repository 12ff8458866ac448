import { useGraphiQLActions } from '@graphiql/react';
import { CloseButton, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './panel.module.css';
import { useIsNarrow } from './useIsNarrow';

interface PanelProps {
  title: string;
  /** A sentence that says what it is for. */
  about: ReactNode;
  children: ReactNode;
}

/** What one of our panels beside the editors looks like. */
export function Panel({ title, about, children }: PanelProps) {
  const { setVisiblePlugin } = useGraphiQLActions();
  const isNarrow = useIsNarrow();
  return (
    <section className={classes.panel} aria-label={title}>
      <div>
        <div className={classes.head}>
          <h2 className={classes.title}>{title}</h2>
          {isNarrow && <CloseButton aria-label={`Close ${title}`} onClick={() => setVisiblePlugin(null)} />}
        </div>
        <Text size="xs" c="dimmed">
          {about}
        </Text>
      </div>
      {children}
    </section>
  );
}
