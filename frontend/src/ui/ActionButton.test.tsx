import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import { renderUi } from '~/test/render';
import { ActionButton } from './ActionButton';

it('acts when allowed', async () => {
  const act = vi.fn();
  renderUi(<ActionButton onClick={act}>Approve</ActionButton>);
  await userEvent.click(screen.getByRole('button', { name: 'Approve' }));
  expect(act).toHaveBeenCalledOnce();
});

it('stays reachable, does nothing and says why when not allowed', async () => {
  const act = vi.fn();
  renderUi(
    <ActionButton allowed={false} reason="You filed this request." onClick={act}>
      Approve
    </ActionButton>,
  );
  const button = screen.getByRole('button', { name: 'Approve' });
  await userEvent.tab();
  expect(button).toHaveFocus();
  await userEvent.click(button);
  expect(act).not.toHaveBeenCalled();
  expect(button).toHaveAttribute('aria-disabled', 'true');
  expect(button).toHaveAccessibleDescription('You filed this request.');
});
