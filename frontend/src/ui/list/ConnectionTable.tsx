import { Button, Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { EmptyState } from '../EmptyState';
import { formatCount } from '../format';
import classes from './ConnectionTable.module.css';
import { DataTable, type Column } from './DataTable';
import { ListToolbar, type Filter } from './ListToolbar';
import type { ConnectionList } from './useConnectionList';
import type { ListParams } from './useListParams';

interface ConnectionTableProps<Row, Field extends string> {
  label: string;
  /** "request"; counts and sentences are built from it. */
  noun: string;
  plural?: string;
  list: ConnectionList<Row>;
  params: ListParams<Field>;
  columns: readonly Column<Row, Field>[];
  filters?: readonly Filter[];
  /** False where the server does not search. */
  searchable?: boolean;
  rowKey: (row: Row) => string;
  /** For a list that is empty without any filter: an EmptyState with the first step. */
  empty: ReactNode;
}

/** A whole list page's body: toolbar, table, "load more". */
export function ConnectionTable<Row, Field extends string>(props: ConnectionTableProps<Row, Field>) {
  const { list, params, noun, plural = `${noun}s` } = props;
  return (
    <div className={classes.frame}>
      <ListToolbar
        params={params}
        searchLabel={props.searchable === false ? `Filter ${plural}` : `Search ${plural}`}
        searchable={props.searchable}
        filters={props.filters}
        totalCount={list.totalCount}
        noun={noun}
        plural={plural}
      />
      <DataTable
        label={props.label}
        columns={props.columns}
        rows={list.nodes}
        rowKey={props.rowKey}
        orderBy={params.orderBy}
        onOrder={params.setOrder}
        loading={list.loading}
        error={list.error}
        onRetry={list.reload}
        empty={
          params.isFiltered ? (
            <EmptyState
              title={`No ${plural} match`}
              action={
                <Button variant="default" onClick={params.clear}>
                  Clear search and filters
                </Button>
              }
            >
              Try other words, or fewer filters.
            </EmptyState>
          ) : (
            props.empty
          )
        }
      />
      <LoadMore list={list} plural={plural} />
    </div>
  );
}

/** "Show more" under a list, with how much of it is shown. */
export function LoadMore<Row>({ list, plural }: { list: ConnectionList<Row>; plural: string }) {
  if (!list.hasNextPage) return null;
  return (
    <Group justify="center" gap="md" className={classes.more}>
      <Text size="sm" c="dimmed">
        {list.nodes.length} {list.totalCount === undefined ? 'shown' : `of ${formatCount(list.totalCount, plural, plural)}`}
      </Text>
      <Button variant="default" onClick={list.loadMore} loading={list.refreshing}>
        Show more {plural}
      </Button>
    </Group>
  );
}
