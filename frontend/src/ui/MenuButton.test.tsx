import { Menu } from '@mantine/core';
import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import { renderUi } from '~/test/render';
import { MenuButton } from './MenuButton';
import { MenuPanel, type MenuPanelProps } from './MenuPanel';

function Panel(props: MenuPanelProps) {
  return (
    <MenuPanel {...props} width={100}>
      <Menu.Item>First</Menu.Item>
    </MenuPanel>
  );
}

it('loads its menu before it is pressed, opens it, and gets the focus back', async () => {
  const load = vi.fn(() => Promise.resolve());
  renderUi(
    <MenuButton panel={Panel} load={load}>
      <button type="button">Account</button>
    </MenuButton>,
  );
  const button = screen.getByRole('button', { name: 'Account' });
  expect(button).toHaveAttribute('aria-expanded', 'false');
  await userEvent.tab();
  expect(load).toHaveBeenCalled();
  await userEvent.keyboard('{Enter}');
  const menu = await screen.findByRole('menu', { name: 'Account' });
  expect(button).toHaveAttribute('aria-expanded', 'true');
  expect(button).toHaveAttribute('aria-controls', menu.id);
  await expect.poll(() => document.activeElement?.textContent).toBe('First');
  await userEvent.keyboard('{Escape}');
  await expect.poll(() => screen.queryByRole('menu')).toBeNull();
  expect(button).toHaveFocus();
  expect(button).toHaveAttribute('aria-expanded', 'false');
});
