import { ActionIcon, Text, VisuallyHidden } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { Hint, RelativeTime, statusLook } from '~/ui';
import type { Notification } from './NotificationsPage';
import classes from './NotificationsPage.module.css';
import { SubjectLink } from './subject';

interface NotificationItemProps {
  notification: Notification;
  onRead: () => void;
}

export function NotificationItem({ notification, onRead }: NotificationItemProps) {
  const { level, title, body, readAt, createdAt } = notification;
  const { icon: Icon, tone, label } = statusLook('notification', level);
  const unread = readAt === null;
  return (
    <li className={classes.item} data-unread={unread || undefined}>
      <span className={classes.icon} style={{ color: `var(--mantine-color-${tone}-text)` }}>
        <Icon size={18} stroke={1.8} aria-hidden />
        <VisuallyHidden>{label}</VisuallyHidden>
      </span>
      <div className={classes.words}>
        <div className={classes.title}>
          <SubjectLink
            stretched
            subjectId={notification.subjectId}
            subjectType={notification.subjectType}
            onClick={unread ? onRead : undefined}
          >
            {title}
          </SubjectLink>
        </div>
        <Text size="sm" c="dimmed" className={classes.body}>
          {body}
        </Text>
        <Text size="xs" c="dimmed" className={classes.when}>
          {unread && (
            <span className={classes.new}>
              <span className={classes.dot} aria-hidden />
              New
            </span>
          )}
          <RelativeTime value={createdAt} />
        </Text>
      </div>
      {unread && (
        <Hint label="Mark as read">
          <ActionIcon className={classes.read} aria-label={`Mark as read: ${title}`} onClick={onRead}>
            <IconCheck size={16} />
          </ActionIcon>
        </Hint>
      )}
    </li>
  );
}
