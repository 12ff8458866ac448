import './mantine.css';
import './fonts/geist.css';
import '@fontsource-variable/geist-mono/index.css';
import './global.css';
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { lazy, Suspense, type ReactNode } from 'react';
import { useToastsWanted } from '../toasts';
import { cssVariables, theme } from './theme';

// The same key as `public/color-scheme.js`.
const colorSchemeManager = localStorageColorSchemeManager({ key: 'rookery-color-scheme' });

// With the first toast, which waits until this has loaded.
const Toasts = lazy(() => import('./Toasts'));

export function UiProvider({ children }: { children: ReactNode }) {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      colorSchemeManager={colorSchemeManager}
      defaultColorScheme="auto"
      deduplicateCssVariables={false}
    >
      {children}
      <ToastsOnceNeeded />
    </MantineProvider>
  );
}

function ToastsOnceNeeded() {
  return useToastsWanted() ? (
    <Suspense>
      <Toasts />
    </Suspense>
  ) : null;
}
