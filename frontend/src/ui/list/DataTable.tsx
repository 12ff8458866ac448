import { NativeSelect, Skeleton, UnstyledButton } from '@mantine/core';
import { IconArrowDown, IconArrowsSort, IconArrowUp, IconSelector } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { CombinedError } from 'urql';
import { ErrorState } from '../ErrorState';
import classes from './DataTable.module.css';
import type { OrderBy } from './useListParams';

export interface Column<Row, Field extends string = string> {
  key: string;
  header: string;
  cell: (row: Row) => ReactNode;
  /** The order field of the schema behind this column: makes its header a button. */
  orderBy?: Field;
  align?: 'start' | 'end';
  width?: number | string;
  /** Left out of the card on a phone. */
  hideOnPhone?: boolean;
  /** Buttons, which speak for themselves: they stand in the corner of the card. */
  buttons?: boolean;
}

export interface DataTableProps<Row, Field extends string = string> {
  /** What the table lists, for its accessible name: "Server requests". */
  label: string;
  /** The first column is the row's header and the card's title; put a `<TextLink stretched>` there. */
  columns: readonly Column<Row, Field>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  orderBy?: OrderBy<Field>;
  onOrder?: (order: OrderBy<Field>) => void;
  loading?: boolean;
  error?: CombinedError | undefined;
  onRetry?: () => void;
  /** Shown when there are no rows: an EmptyState. */
  empty: ReactNode;
}

/** A semantic table that turns into cards on a phone. */
export function DataTable<Row, Field extends string = string>(props: DataTableProps<Row, Field>) {
  const { columns, rows, loading = false, error, orderBy, onOrder } = props;
  if (error && rows.length === 0) return <ErrorState error={error} onRetry={props.onRetry} />;
  if (!loading && rows.length === 0) return <>{props.empty}</>;

  const order = (field: Field) =>
    onOrder?.({ field, direction: orderBy?.field === field && orderBy.direction === 'ASC' ? 'DESC' : 'ASC' });

  return (
    <>
      {onOrder && orderBy && <PhoneOrder columns={columns} orderBy={orderBy} onOrder={onOrder} />}
      {/* Roles are spelled out because the card layout takes the table's display away, and with it its semantics. */}
      <div className={classes.scroll}>
        <table className={classes.table} role="table" aria-label={props.label} aria-busy={loading}>
          <thead role="rowgroup">
            <tr role="row">
              {columns.map((column) => (
                <th
                  key={column.key}
                  role="columnheader"
                  scope="col"
                  data-align={column.align}
                  style={{ width: column.width }}
                  aria-sort={ariaSort(column, orderBy)}
                >
                  {column.orderBy && onOrder ? (
                    <UnstyledButton className={classes.sort} onClick={() => order(column.orderBy!)}>
                      {column.header}
                      <SortIcon active={orderBy?.field === column.orderBy} direction={orderBy?.direction} />
                    </UnstyledButton>
                  ) : (
                    column.header
                  )}
                </th>
              ))}
            </tr>
          </thead>
          <tbody role="rowgroup">
            {loading && rows.length === 0 ? (
              <LoadingRows columns={columns.length} />
            ) : (
              rows.map((row) => (
                <tr key={props.rowKey(row)} role="row">
                  {columns.map((column, index) => {
                    const Cell = index === 0 ? 'th' : 'td';
                    return (
                      <Cell
                        key={column.key}
                        role={index === 0 ? 'rowheader' : 'cell'}
                        scope={index === 0 ? 'row' : undefined}
                        data-label={column.header}
                        data-buttons={column.buttons || undefined}
                        data-align={column.align}
                        data-hide-on-phone={column.hideOnPhone || undefined}
                      >
                        {column.cell(row)}
                      </Cell>
                    );
                  })}
                </tr>
              ))
            )}
          </tbody>
        </table>
      </div>
    </>
  );
}

function ariaSort<Row, Field extends string>(column: Column<Row, Field>, orderBy?: OrderBy<Field>) {
  if (!column.orderBy || orderBy?.field !== column.orderBy) return undefined;
  return orderBy.direction === 'ASC' ? 'ascending' : 'descending';
}

function SortIcon({ active, direction }: { active: boolean; direction?: 'ASC' | 'DESC' }) {
  if (!active) return <IconSelector size={13} aria-hidden className={classes.idle} />;
  return direction === 'ASC' ? <IconArrowUp size={13} aria-hidden /> : <IconArrowDown size={13} aria-hidden />;
}

function LoadingRows({ columns }: { columns: number }) {
  return Array.from({ length: 5 }, (_, row) => (
    <tr key={row} role="row">
      {Array.from({ length: columns }, (_, column) => (
        <td key={column} role="cell">
          {row === 0 && column === 0 && <span className={classes.hidden}>Loading…</span>}
          <Skeleton height={12} width={column === 0 ? '70%' : '50%'} my={4} />
        </td>
      ))}
    </tr>
  ));
}

interface PhoneOrderProps<Row, Field extends string> {
  columns: readonly Column<Row, Field>[];
  orderBy: OrderBy<Field>;
  onOrder: (order: OrderBy<Field>) => void;
}

/** Cards have no header to press. */
function PhoneOrder<Row, Field extends string>({ columns, orderBy, onOrder }: PhoneOrderProps<Row, Field>) {
  const options = columns.flatMap((column) =>
    column.orderBy
      ? [
          { value: column.orderBy, label: `${column.header}, ascending` },
          { value: `-${column.orderBy}`, label: `${column.header}, descending` },
        ]
      : [],
  );
  if (options.length === 0) return null;
  return (
    <NativeSelect
      className={classes.phoneOrder}
      aria-label="Sort by"
      leftSection={<IconArrowsSort size={15} aria-hidden />}
      data={options}
      value={orderBy.direction === 'DESC' ? `-${orderBy.field}` : orderBy.field}
      onChange={({ currentTarget: { value } }) =>
        onOrder({
          field: value.replace(/^-/, '') as Field,
          direction: value.startsWith('-') ? 'DESC' : 'ASC',
        })
      }
    />
  );
}
