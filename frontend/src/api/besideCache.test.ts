import { Client, gql, type Exchange } from 'urql';
import { filter, map, pipe, tap } from 'wonka';
import { expect, it } from 'vitest';
import { besideCache, UNCACHED } from './besideCache';

const Query = gql`
  query Counted($n: Int) {
    counted(n: $n)
  }
`;

function clientWithSpies() {
  const cached: number[] = [];
  const cache: Exchange =
    ({ forward }) =>
    (operations) =>
      forward(
        pipe(
          operations,
          tap(({ kind, variables }) => {
            if (kind === 'query') cached.push((variables as { n: number }).n);
          }),
        ),
      );
  const server: Exchange = () => (operations) =>
    pipe(
      operations,
      filter(({ kind }) => kind === 'query'),
      map((operation) => ({
        operation,
        data: { counted: (operation.variables as { n: number }).n },
        stale: false,
        hasNext: false,
      })),
    );
  return { cached, client: new Client({ url: '/graphql', preferGetMethod: false, exchanges: [besideCache(cache), server] }) };
}

it('leads what is marked past the cache, answers both, and mixes nothing up', async () => {
  const { cached, client } = clientWithSpies();
  const answers = await Promise.all([
    client.query(Query, { n: 1 }).toPromise(),
    client.query(Query, { n: 2 }, UNCACHED).toPromise(),
    client.query(Query, { n: 3 }).toPromise(),
  ]);
  expect(answers.map(({ data }) => data.counted)).toEqual([1, 2, 3]);
  expect(cached).toEqual([1, 3]);
});
