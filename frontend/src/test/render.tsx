import { MantineProvider } from '@mantine/core';
import { render } from '@testing-library/react';
import type { ReactElement } from 'react';
import { cssVariables, theme } from '~/ui/theme/theme';

/** Renders with the product's theme and without transitions. */
export const renderUi = (element: ReactElement) =>
  render(
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} env="test">
      {element}
    </MantineProvider>,
  );
