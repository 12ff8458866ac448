import '~/ui/theme/mantine-more.css';
import { Switch } from '@mantine/core';
import { useCallback } from 'react';
import { useQuery } from 'urql';
import { usePolling } from '~/api/usePolling';
import { isStaff, useViewer } from '~/app/viewer';
import { graphql, type Scalar } from '~/gql';
import { statusLook, type ListParams } from '~/ui';
import { REQUESTS_POLL_MS } from './choices';
import classes from './StatusTabs.module.css';

const COUNT_FIELDS = ['pending', 'approved', 'deploying', 'deployed', 'failed', 'rejected', 'cancelled'] as const;

const CountsQuery = graphql(`
  query ServerRequestCounts(
    $all: ServerRequestWhere
    $pending: ServerRequestWhere
    $approved: ServerRequestWhere
    $deploying: ServerRequestWhere
    $deployed: ServerRequestWhere
    $failed: ServerRequestWhere
    $rejected: ServerRequestWhere
    $cancelled: ServerRequestWhere
  ) {
    all: serverRequests(first: 1, where: $all) {
      totalCount
    }
    pending: serverRequests(first: 1, where: $pending) {
      totalCount
    }
    approved: serverRequests(first: 1, where: $approved) {
      totalCount
    }
    deploying: serverRequests(first: 1, where: $deploying) {
      totalCount
    }
    deployed: serverRequests(first: 1, where: $deployed) {
      totalCount
    }
    failed: serverRequests(first: 1, where: $failed) {
      totalCount
    }
    rejected: serverRequests(first: 1, where: $rejected) {
      totalCount
    }
    cancelled: serverRequests(first: 1, where: $cancelled) {
      totalCount
    }
  }
`);

interface StatusTabsProps {
  params: ListParams<Scalar<'ServerRequestOrderField'>>;
  /** The other filters: the counts are of what they leave. */
  where: Omit<Scalar<'ServerRequestWhere'>, 'status'>;
}

/** One status at a time, with how many there are of each; and whether only one's own. */
export function StatusTabs({ params, where }: StatusTabsProps) {
  const viewer = useViewer();
  const chosen = params.values('status');
  const [{ data }, execute] = useQuery({
    query: CountsQuery,
    variables: {
      all: where,
      ...Object.fromEntries(
        COUNT_FIELDS.map((field) => [field, { ...where, status: [field.toUpperCase() as Scalar<'RequestStatus'>] }]),
      ),
    },
  });

  usePolling(useCallback(() => execute({ requestPolicy: 'network-only' }), [execute]), REQUESTS_POLL_MS);

  return (
    <div className={classes.bar}>
      <div role="group" aria-label="Status" className={classes.tabs}>
        <Tab label="All" count={data?.all.totalCount} pressed={chosen.length === 0} onPress={() => params.setFilter('status', [])} />
        {COUNT_FIELDS.map((field) => {
          const status = field.toUpperCase() as Scalar<'RequestStatus'>;
          return (
            <Tab
              key={field}
              label={statusLook('request', status).label}
              count={data?.[field].totalCount}
              pressed={chosen.includes(status)}
              onPress={() => params.setFilter('status', chosen.length === 1 && chosen[0] === status ? [] : [status])}
            />
          );
        })}
      </div>
      {isStaff(viewer) && (
        <Switch
          size="sm"
          label="Only mine"
          checked={params.values('mine').includes('yes')}
          onChange={({ currentTarget }) => params.setFilter('mine', currentTarget.checked ? ['yes'] : [])}
        />
      )}
    </div>
  );
}

interface TabProps {
  label: string;
  count: number | undefined;
  pressed: boolean;
  onPress: () => void;
}

function Tab({ label, count, pressed, onPress }: TabProps) {
  return (
    <button type="button" className={classes.tab} aria-pressed={pressed} onClick={onPress}>
      {label}
      <span className={classes.count}>{count ?? '–'}</span>
    </button>
  );
}
