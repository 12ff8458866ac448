import { ActionIcon } from '@mantine/core';
import { IconBell } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useSubscription } from 'urql';
import { graphql, type ResultOf } from '~/gql';
import { formatCount } from '~/ui/format';
import { statusLook } from '~/ui/status';
import { showToast } from '~/ui/toasts';
import classes from './NotificationBell.module.css';
import { useViewer } from './viewer';

const NotificationReceived = graphql(`
  subscription NotificationReceived {
    notificationReceived {
      id
      level
      title
      body
      subjectId
      subjectType
    }
  }
`);

type Received = ResultOf<typeof NotificationReceived>['notificationReceived'];

function announce({ id, level, title, body }: Received) {
  const { tone, icon: Icon } = statusLook('notification', level);
  // The id keeps a notification that comes twice (after a reconnect) from showing twice.
  showToast({ id, title, message: body, color: tone, icon: <Icon size={16} aria-hidden />, autoClose: 8000 });
}

/** How many notifications are unread; new ones appear as toasts while the app is open. */
export function NotificationBell() {
  const { unreadNotificationCount: unread } = useViewer();
  useSubscription({ query: NotificationReceived }, (_previous, data) => {
    announce(data.notificationReceived);
    return data;
  });
  const label = unread === 0 ? 'Notifications' : formatCount(unread, 'unread notification');
  return (
    <div className={classes.bell}>
      <ActionIcon size="lg" aria-label={label} renderRoot={(props) => <Link to="/notifications" {...props} />}>
        <IconBell size={18} stroke={1.7} />
      </ActionIcon>
      {/* The link's name says it too. */}
      {unread > 0 && (
        <span className={classes.count} aria-hidden>
          {unread > 99 ? '99+' : unread}
        </span>
      )}
    </div>
  );
}
