import { Text } from '@mantine/core';
import type { ComponentType, ReactNode } from 'react';
import type { CombinedError } from 'urql';
import { SubjectLink } from '~/features/notify/subject';
import { ErrorState, PageSkeleton, RelativeTime, Section, StatusBadge, statusLook, TextLink, type Tone } from '~/ui';
import { ProgressBar } from '~/ui/ProgressBar';
import classes from './parts.module.css';
import type { ActivityData, DeploymentRowData, RequestRowData } from './fragments';

interface TileProps {
  label: string;
  value: number;
  icon: ComponentType<{ size?: number | string; stroke?: number | string; 'aria-hidden'?: boolean }>;
  /** Colours the icon where the number is not zero and means something. */
  tone?: Tone;
  /** A link to the list that the number counts: `(words) => <TextLink stretched to="…">{words}</TextLink>`. */
  link: (words: ReactNode) => ReactNode;
  /** A word or two under the number. */
  hint?: ReactNode;
}

/** A number with what it counts; leads to the list of them. */
export function Tile({ label, value, icon: Icon, tone = 'gray', link, hint }: TileProps) {
  return (
    <li className={classes.tile}>
      <span className={classes.tileIcon} data-tone={value > 0 ? tone : 'gray'}>
        <Icon size={18} stroke={1.7} aria-hidden />
      </span>
      <div className={classes.tileWords}>
        <span className={classes.value}>{value.toLocaleString('en')}</span>
        <span className={classes.label}>{link(label)}</span>
        {hint && <span className={classes.hint}>{hint}</span>}
      </div>
    </li>
  );
}

export function Tiles({ children }: { children: ReactNode }) {
  return (
    <ul className={classes.tiles} aria-label="At a glance">
      {children}
    </ul>
  );
}

/** Two columns on a desktop: what to do, and what happened. */
export function Columns({ main, side }: { main: ReactNode; side: ReactNode }) {
  return (
    <div className={classes.columns}>
      <div className={classes.column}>{main}</div>
      <div className={classes.column}>{side}</div>
    </div>
  );
}

interface LoadedProps<Data> {
  data: Data | undefined;
  error: CombinedError | undefined;
  refetch: () => void;
  children: (data: Data) => ReactNode;
}

export function Loaded<Data>({ data, error, refetch, children }: LoadedProps<Data>) {
  if (data) return <div className={classes.page}>{children(data)}</div>;
  return error ? <ErrorState error={error} onRetry={refetch} /> : <PageSkeleton />;
}

interface WorkListProps {
  title: string;
  description?: string;
  actions?: ReactNode;
  /** Says so where there is nothing. */
  none: string;
  children: readonly ReactNode[];
}

/** A section of rows, each a link to what it names. */
export function WorkList({ title, description, actions, none, children }: WorkListProps) {
  return (
    <Section title={title} description={description} actions={actions} flush>
      {children.length === 0 ? (
        <Text c="dimmed" size="sm" p="md">
          {none}
        </Text>
      ) : (
        <ul className={classes.rows}>{children}</ul>
      )}
    </Section>
  );
}

export function RequestLine({ request }: { request: RequestRowData }) {
  return (
    <li className={classes.row}>
      <div className={classes.rowWords}>
        <TextLink stretched to="/requests/$id" params={{ id: request.id }}>
          {request.name}
        </TextLink>
        <Text size="xs" c="dimmed">
          {request.project && `${request.project.name} · `}
          {request.requester.name} · <RelativeTime value={request.createdAt} />
        </Text>
      </div>
      <StatusBadge of="priority" value={request.priority} variant="plain" />
      <StatusBadge of="request" value={request.status} />
    </li>
  );
}

export function DeploymentLine({ deployment }: { deployment: DeploymentRowData }) {
  const { progress, status } = deployment;
  const running = status === 'RUNNING' || status === 'PENDING';
  const name = deployment.request?.name ?? deployment.script?.name ?? 'Deployment';
  return (
    <li className={classes.row}>
      <div className={classes.rowWords}>
        <TextLink stretched to="/deployments/$id" params={{ id: deployment.id }}>
          {name}
        </TextLink>
        <Text size="xs" c="dimmed">
          {deployment.project.name} · {deployment.startedBy.name} · <RelativeTime value={deployment.createdAt} />
        </Text>
        {running && (
          <div className={classes.progress}>
            <ProgressBar size="sm" tone="iris" percent={progress.percent} label={`Progress of ${name}`} />
          </div>
        )}
        {!running && deployment.failureMessage && (
          <Text size="xs" className={classes.message}>
            {deployment.failureMessage}
          </Text>
        )}
      </div>
      <StatusBadge of="deployment" value={status} />
    </li>
  );
}

/** What the viewer was told lately. The cache joins this with what other pages loaded, so it may be handed more. */
export function RecentActivity({ notifications }: { notifications: ActivityData }) {
  return (
    <Section
      title="Recent activity"
      actions={
        <TextLink to="/notifications" aria-label="All notifications">
          All
        </TextLink>
      }
      flush
    >
      {notifications.length === 0 ? (
        <Text c="dimmed" size="sm" p="md">
          Nothing yet. What concerns you appears here.
        </Text>
      ) : (
        <ul className={classes.rows}>
          {notifications.slice(0, 6).map((notification) => (
            <ActivityLine key={notification.id} notification={notification} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function ActivityLine({ notification }: { notification: ActivityData[number] }) {
  const { icon: Icon, tone } = statusLook('notification', notification.level);
  return (
    <li className={classes.row} data-top>
      <span style={{ color: `var(--mantine-color-${tone}-text)` }}>
        <Icon size={16} stroke={1.8} aria-hidden />
      </span>
      <div className={classes.rowWords}>
        <SubjectLink stretched subjectId={notification.subjectId} subjectType={notification.subjectType}>
          {notification.title}
        </SubjectLink>
        <Text size="sm" c="dimmed" lineClamp={2}>
          {notification.body}
        </Text>
        <Text size="xs" c="dimmed">
          <RelativeTime value={notification.createdAt} />
        </Text>
      </div>
    </li>
  );
}

/** A row of a kind of its own. */
export function Row({ children }: { children: ReactNode }) {
  return <li className={classes.row}>{children}</li>;
}

export function RowWords({ children }: { children: ReactNode }) {
  return <div className={classes.rowWords}>{children}</div>;
}
