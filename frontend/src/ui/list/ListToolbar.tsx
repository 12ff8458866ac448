import '../theme/mantine-more.css';
import { Button, CloseButton, MultiSelect, Select, Text, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { formatCount } from '../format';
import classes from './ListToolbar.module.css';
import type { ListParams } from './useListParams';

export interface Filter {
  /** The name of the search parameter. */
  name: string;
  label: string;
  options: { value: string; label: string }[];
  /** At most one value at a time, searchable: for things that have names rather than for an enum. */
  single?: boolean;
}

interface ListToolbarProps {
  params: Pick<
    ListParams,
    'search' | 'setSearch' | 'values' | 'setFilter' | 'isFiltered' | 'clear'
  >;
  /** What is searched, for the box's label: "Search requests". */
  searchLabel: string;
  filters?: readonly Filter[];
  /** False where the server does not search. */
  searchable?: boolean;
  /** Says how many there are, with `noun`: "12 requests". */
  totalCount?: number;
  noun: string;
  /** Only where adding an s is wrong. */
  plural?: string;
}

/** Search box (as one types), filters and count above a list. */
export function ListToolbar({ params, searchLabel, filters = [], searchable = true, totalCount, noun, plural }: ListToolbarProps) {
  const [text, setText] = useState(params.search);
  const commit = useDebouncedCallback(params.setSearch, 250);

  // Back, Forward and "Clear" change the address from outside.
  useEffect(() => setText(params.search), [params.search]);

  function search(value: string) {
    setText(value);
    commit(value);
  }

  return (
    <div className={classes.toolbar} role="search" aria-label={searchLabel}>
      {searchable && (
        <TextInput
          type="search"
          className={classes.search}
          aria-label={searchLabel}
          placeholder={searchLabel}
          leftSection={<IconSearch size={15} aria-hidden />}
          rightSection={text && <CloseButton size="sm" aria-label="Clear search" onClick={() => search('')} />}
          value={text}
          onChange={({ currentTarget }) => search(currentTarget.value)}
        />
      )}
      {filters.map((filter) => {
        const chosen = params.values(filter.name);
        const common = {
          className: classes.filter,
          size: 'sm',
          'aria-label': filter.label,
          data: filter.options,
          clearable: true,
          clearButtonProps: { 'aria-label': `Clear ${filter.label.toLowerCase()}` },
          comboboxProps: { width: 220, position: 'bottom-start' },
        } as const;
        return filter.single ? (
          <Select
            key={filter.name}
            {...common}
            placeholder={filter.label}
            searchable
            nothingFoundMessage="Nothing found"
            value={chosen[0] ?? null}
            onChange={(value) => params.setFilter(filter.name, value ? [value] : [])}
          />
        ) : (
          <MultiSelect
            key={filter.name}
            {...common}
            placeholder={chosen.length === 0 ? filter.label : undefined}
            value={chosen}
            onChange={(values) => params.setFilter(filter.name, values)}
          />
        );
      })}
      {params.isFiltered && (
        <Button variant="subtle" color="gray" onClick={params.clear}>
          Clear
        </Button>
      )}
      <Text size="sm" c="dimmed" className={classes.count} role="status">
        {totalCount === undefined ? '' : formatCount(totalCount, noun, plural)}
      </Text>
    </div>
  );
}
