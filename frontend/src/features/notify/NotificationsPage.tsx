import '~/ui/theme/mantine-more.css';
import { Button, SegmentedControl } from '@mantine/core';
import { IconBell, IconBellCheck, IconChecks } from '@tabler/icons-react';
import { useViewer } from '~/app/viewer';
import { graphql, type ResultOf } from '~/gql';
import {
  EmptyState,
  ErrorState,
  formatCount,
  LoadMore,
  PageHeader,
  PageSkeleton,
  useConnectionList,
  useListParams,
} from '~/ui';
import { NotificationItem } from './NotificationItem';
import classes from './NotificationsPage.module.css';
import { useMarkRead } from './useMarkRead';

const NotificationsQuery = graphql(`
  query Notifications($first: Int, $after: String, $where: NotificationWhere) {
    viewer {
      notifications(first: $first, after: $after, where: $where) {
        totalCount
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          id
          level
          title
          body
          subjectId
          subjectType
          readAt
          createdAt
        }
      }
    }
  }
`);

export type Notification = ResultOf<typeof NotificationsQuery>['viewer']['notifications']['nodes'][number];

const PAGE = 50;

export default function NotificationsPage() {
  const { unreadNotificationCount: unread } = useViewer();
  const params = useListParams({ field: 'CREATED_AT', direction: 'DESC' });
  const onlyUnread = params.values('show').includes('unread');
  const list = useConnectionList({
    query: NotificationsQuery,
    connection: (data) => data.viewer.notifications,
    variables: { where: onlyUnread ? { read: false } : null },
    pageSize: PAGE,
  });
  const { markRead, pending } = useMarkRead();

  // What is marked as read here stays until the list is loaded again, but not in the list of the unread.
  const shown = onlyUnread ? list.nodes.filter(({ readAt }) => readAt === null) : list.nodes;
  const { error } = list;

  function body() {
    if (error && list.nodes.length === 0) return <ErrorState error={error} onRetry={list.reload} />;
    if (list.loading) return <PageSkeleton />;
    if (shown.length === 0) {
      return onlyUnread ? (
        <EmptyState
          icon={IconBellCheck}
          title="All read"
          action={
            <Button variant="default" onClick={params.clear}>
              Show all notifications
            </Button>
          }
        >
          Nothing waits for you here.
        </EmptyState>
      ) : (
        <EmptyState icon={IconBell} title="No notifications yet">
          You are told when a request of yours is decided, and when a deployment you are concerned with starts or ends.
        </EmptyState>
      );
    }
    return (
      <>
        <ul className={classes.list} aria-label="Notifications">
          {shown.map((notification) => (
            <NotificationItem
              key={notification.id}
              notification={notification}
              onRead={() => void markRead([notification.id])}
            />
          ))}
        </ul>
        <LoadMore list={list} plural="notifications" />
      </>
    );
  }

  return (
    <>
      <PageHeader
        title="Notifications"
        description={unread === 0 ? 'You have read everything.' : `${formatCount(unread, 'notification')} unread.`}
        actions={
          unread > 0 && (
            <Button
              variant="default"
              leftSection={<IconChecks size={16} aria-hidden />}
              loading={pending}
              onClick={() => void markRead()}
            >
              Mark all as read
            </Button>
          )
        }
      />
      <SegmentedControl
        size="xs"
        mb="sm"
        aria-label="Which notifications"
        data={[
          { value: 'all', label: 'All' },
          { value: 'unread', label: unread === 0 ? 'Unread' : `Unread (${unread})` },
        ]}
        value={onlyUnread ? 'unread' : 'all'}
        onChange={(value) => params.setFilter('show', value === 'unread' ? ['unread'] : [])}
      />
      <div className={classes.frame}>{body()}</div>
    </>
  );
}
