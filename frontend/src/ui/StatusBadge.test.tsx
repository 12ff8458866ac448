import { screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { renderUi } from '~/test/render';
import { statusOptions } from './status';
import { StatusBadge } from './StatusBadge';

it('says the status in words', () => {
  renderUi(<StatusBadge of="request" value="PENDING" />);
  expect(screen.getByText('Pending')).toBeInTheDocument();
});

it('shows a value that a newer server sends', () => {
  renderUi(<StatusBadge of="request" value={'PARKED' as never} />);
  expect(screen.getByText('PARKED')).toBeInTheDocument();
});

it('offers every value as a filter', () => {
  expect(statusOptions('priority').map(({ label }) => label)).toEqual(['Low', 'Medium', 'High', 'Urgent']);
});
