import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { renderUi } from '~/test/render';
import { Hint } from './Hint';

it('appears for the keyboard, describes its control, and goes at Escape', async () => {
  renderUi(
    <Hint label="Nobody else sees this.">
      <button type="button">Note</button>
    </Hint>,
  );
  const button = screen.getByRole('button', { name: 'Note' });
  expect(button).not.toHaveAccessibleDescription();
  await userEvent.tab();
  expect(await screen.findByRole('tooltip')).toHaveTextContent('Nobody else sees this.');
  expect(button).toHaveAccessibleDescription('Nobody else sees this.');
  await userEvent.keyboard('{Escape}');
  await expect.poll(() => screen.queryByRole('tooltip')).toBeNull();
});

it('says nothing where it is disabled', async () => {
  renderUi(
    <Hint label="Hidden" disabled>
      <button type="button">Note</button>
    </Hint>,
  );
  await userEvent.tab();
  expect(screen.getByRole('button', { name: 'Note' })).toHaveFocus();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(screen.queryByRole('tooltip')).toBeNull();
});
