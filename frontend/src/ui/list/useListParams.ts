import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import type { Search } from '~/app/search';

export type Direction = 'ASC' | 'DESC';

export interface OrderBy<Field extends string = string> {
  field: Field;
  direction: Direction;
}

export interface ListParams<Field extends string = string> {
  /** The words searched for, '' when none. */
  search: string;
  orderBy: OrderBy<Field>;
  isFiltered: boolean;
  /** All values of a filter; empty when it is not set. */
  values: (name: string) => string[];
  /** The values of a filter for `where`: undefined when it is not set. */
  where: <Value extends string>(name: string) => Value[] | undefined;
  setSearch: (search: string) => void;
  setFilter: (name: string, values: readonly string[]) => void;
  /** Orders by the field; a second time turns the direction. */
  toggleOrder: (field: Field) => void;
  setOrder: (order: OrderBy<Field>) => void;
  clear: () => void;
}

const RESERVED = ['q', 'sort'];

/** Words, filters and order of a list live in the address, so that it can be shared, and Back works. */
export function useListParams<Field extends string>(defaultOrder: OrderBy<Field>): ListParams<Field> {
  const current: Search = useSearch({ strict: false });
  const navigate = useNavigate();

  const update = useCallback(
    (change: Search) => {
      void navigate({
        to: '.',
        replace: true,
        search: ((previous: Search) => ({ ...previous, ...change })) as never,
      });
    },
    [navigate],
  );

  return useMemo(() => {
    const one = (name: string) => [current[name] ?? []].flat()[0] ?? '';
    const values = (name: string) => [current[name] ?? []].flat();
    const sort = one('sort');
    const orderBy: OrderBy<Field> = sort
      ? { field: sort.replace(/^-/, '') as Field, direction: sort.startsWith('-') ? 'DESC' : 'ASC' }
      : defaultOrder;
    const setOrder = ({ field, direction }: OrderBy<Field>) =>
      update({ sort: direction === 'DESC' ? `-${field}` : field });
    const filters = Object.keys(current).filter((name) => !RESERVED.includes(name));
    return {
      search: one('q'),
      orderBy,
      isFiltered: one('q') !== '' || filters.some((name) => values(name).length > 0),
      values,
      where: <Value extends string>(name: string) => {
        const chosen = values(name) as Value[];
        return chosen.length > 0 ? chosen : undefined;
      },
      setSearch: (search: string) => update({ q: search || undefined }),
      setFilter: (name: string, chosen: readonly string[]) =>
        update({ [name]: chosen.length > 0 ? [...chosen] : undefined }),
      setOrder,
      toggleOrder: (field: Field) =>
        setOrder({
          field,
          direction: orderBy.field === field && orderBy.direction === 'ASC' ? 'DESC' : 'ASC',
        }),
      clear: () => update(Object.fromEntries(['q', ...filters].map((name) => [name, undefined]))),
    };
    // The default order is a constant of the page.
  }, [current, update]);
}
