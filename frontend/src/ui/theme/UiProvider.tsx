import '@mantine/core/styles.css';
import '@fontsource-variable/geist/index.css';
import '@fontsource-variable/geist-mono/index.css';
import './global.css';
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { useNotifications } from '@mantine/notifications';
import { lazy, Suspense, useEffect, useState, type ReactNode } from 'react';
import { cssVariables, theme } from './theme';

// The same key as `public/color-scheme.js`.
const colorSchemeManager = localStorageColorSchemeManager({ key: 'rookery-color-scheme' });

// With the first toast, which waits in the store until this has loaded.
const Toasts = lazy(() => import('./Toasts'));

export function UiProvider({ children }: { children: ReactNode }) {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      colorSchemeManager={colorSchemeManager}
      defaultColorScheme="auto"
    >
      {children}
      <ToastsOnceNeeded />
    </MantineProvider>
  );
}

function ToastsOnceNeeded() {
  const { notifications } = useNotifications();
  const [needed, setNeeded] = useState(false);
  useEffect(() => setNeeded((before) => before || notifications.length > 0), [notifications]);
  return needed ? (
    <Suspense>
      <Toasts />
    </Suspense>
  ) : null;
}
