import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { CombinedError } from 'urql';
import { expect, it, vi } from 'vitest';
import { renderUi } from '~/test/render';
import { DataTable, type Column, type DataTableProps } from './DataTable';

interface Row {
  id: string;
  name: string;
}

const columns: Column<Row, 'NAME'>[] = [
  { key: 'name', header: 'Name', cell: (row) => row.name, orderBy: 'NAME' },
  { key: 'id', header: 'Id', cell: (row) => row.id },
];

const table = (props: Partial<DataTableProps<Row, 'NAME'>>) => (
  <DataTable label="Servers" columns={columns} rows={[]} rowKey={(row) => row.id} empty={<p>None yet</p>} {...props} />
);

it('names its rows by the first column and tells its order', async () => {
  const onOrder = vi.fn();
  renderUi(table({ rows: [{ id: '1', name: 'web-01' }], orderBy: { field: 'NAME', direction: 'ASC' }, onOrder }));
  expect(screen.getByRole('rowheader', { name: 'web-01' })).toBeInTheDocument();
  const header = screen.getByRole('columnheader', { name: 'Name' });
  expect(header).toHaveAttribute('aria-sort', 'ascending');
  await userEvent.click(within(header).getByRole('button'));
  expect(onOrder).toHaveBeenCalledWith({ field: 'NAME', direction: 'DESC' });
});

it('shows what stands for no rows', () => {
  renderUi(table({}));
  expect(screen.getByText('None yet')).toBeInTheDocument();
});

it('is busy while it loads', () => {
  renderUi(table({ loading: true }));
  expect(screen.getByRole('table', { name: 'Servers' })).toHaveAttribute('aria-busy', 'true');
});

it('says what went wrong and offers another try', async () => {
  const onRetry = vi.fn();
  renderUi(table({ error: new CombinedError({ networkError: new Error('refused') }), onRetry }));
  expect(screen.getByRole('alert')).toHaveTextContent('The server cannot be reached.');
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
  expect(onRetry).toHaveBeenCalledOnce();
});
