import { Button } from '@mantine/core';
import { IconMapQuestion } from '@tabler/icons-react';
import { useEffect } from 'react';
import { EmptyState } from '~/ui/EmptyState';
import { Brand } from './Brand';
import classes from './NotFoundPage.module.css';

export function NotFoundPage() {
  useEffect(() => {
    document.title = 'Page not found · Rookery';
  }, []);
  return (
    <main id="main" className={classes.page}>
      <Brand />
      <h1 style={{ position: 'absolute', clipPath: 'inset(50%)' }}>Page not found</h1>
      <EmptyState
        icon={IconMapQuestion}
        title="There is no such page"
        action={
          <Button component="a" href="/" variant="default">
            To the dashboard
          </Button>
        }
      >
        The address may be mistyped, or the page has moved.
      </EmptyState>
    </main>
  );
}
