import { Center, Loader } from '@mantine/core';
import { lazy, Suspense } from 'react';
import classes from './page.module.css';
import { SignInBar } from './SignInBar';
import { TroubleNotice } from './TroubleNotice';

// Signing in need not wait for the editors.
const Workbench = lazy(() => import('./Workbench'));

export function GraphiqlPage() {
  return (
    <div className={classes.page}>
      <SignInBar />
      <main className={classes.main}>
        <TroubleNotice />
        <div className={classes.workbench}>
          <Suspense
            fallback={
              <Center h="100%">
                <Loader size="sm" aria-label="Loading the editors" />
              </Center>
            }
          >
            <Workbench />
          </Suspense>
        </div>
      </main>
    </div>
  );
}
