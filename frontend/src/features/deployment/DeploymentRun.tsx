import { Alert, Badge, Button, Stack, Text, VisuallyHidden } from '@mantine/core';
import { IconAlertTriangle, IconHelpCircle } from '@tabler/icons-react';
import { useLocation, useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { useLiveState } from '~/api/live';
import { ErrorState, PageHeader, RelativeTime, Section, StatusBadge, TextLink } from '~/ui';
import { useNow } from '~/ui/useNow';
import { CancelButton } from './CancelButton';
import { DeploymentFacts } from './DeploymentFacts';
import type { Deployment } from './deploymentQuery';
import { HostResults } from './HostResults';
import { LogViewer } from './LogViewer';
import { sequenceOfHash, type LogFilter } from './logView';
import { ReceiptButton } from './ReceiptButton';
import { PauseButton } from './PauseButton';
import { RerunButton } from './RerunButton';
import { Reruns } from './Reruns';
import { RunProgress } from './RunProgress';
import type { RunTask } from './runLog';
import { fileNameOf } from './saveFile';
import { TaskMatrix, type OpenLines } from './TaskMatrix';
import { isOver, useRunLog } from './useRunLog';
import { Waiting } from './Waiting';

const PreviewResult = lazy(() => import('./PreviewResult'));

interface DeploymentRunProps {
  deployment: Deployment;
  /** Whether the viewer's role runs scripts at all. */
  mayRun: boolean;
  /** Reads the deployment again. */
  onChanged: () => void;
}

const EVERYTHING: LogFilter = { host: null, taskIndex: null };

export function DeploymentRun({ deployment, mayRun, onChanged }: DeploymentRunProps) {
  const { log, version, complete, error, retry, live } = useRunLog(deployment.id, deployment.status);
  // The stream is ahead of the query until that was read again; a run that is over never starts again.
  const status = isOver(deployment.status) ? deployment.status : (live?.status ?? deployment.status);
  const running = !isOver(status);
  const now = useNow(running);
  const socket = useLiveState();
  const [filter, setFilter] = useState<LogFilter>(EVERYTHING);
  const logSection = useRef<HTMLDivElement>(null);
  const hash = useLocation({ select: (location) => location.hash });
  const navigate = useNavigate();

  // When it starts and when it ends, times, hosts and the failure come with the deployment itself.
  const seen = useRef(deployment.status);
  useEffect(() => {
    if (status === seen.current) return;
    seen.current = status;
    onChanged();
  }, [status, onChanged]);

  // So that it pauses, or goes on.
  const pause = log.lastPause?.sequence;
  const seenPause = useRef(pause);
  useEffect(() => {
    if (pause === seenPause.current) return;
    seenPause.current = pause;
    if (running) onChanged();
  }, [pause, running, onChanged]);

  const recorded = useMemo(() => deployment.tasks.map(fromRecord), [deployment.tasks]);
  const tasks = complete || log.tasks.length > recorded.length ? log.tasks : recorded;
  const hosts = useMemo(
    () => [...new Set([...deployment.hosts.map(({ name }) => name), ...log.hosts])],
    [deployment.hosts, log, log.hosts.length],
  );

  const target = useCallback(
    (sequence: number) =>
      void navigate({ to: '.', hash: `L${sequence}`, search: true as never, replace: true, resetScroll: false }),
    [navigate],
  );
  const openLines: OpenLines = useCallback((chosen) => {
    setFilter(chosen);
    logSection.current?.scrollIntoView({ block: 'start', behavior: 'smooth' });
    logSection.current?.querySelector<HTMLElement>('[role="log"]')?.focus({ preventScroll: true });
  }, []);
  const failure = useMemo(
    () => log.lines.find((line) => line.taskStatus === 'FAILED' || line.taskStatus === 'UNREACHABLE'),
    [log, version],
  );
  const title = deployment.plan.scriptName ?? deployment.script?.name ?? 'Deployment';
  const preview = deployment.mode === 'PREVIEW';
  const progress = live?.progress ?? deployment.progress;

  return (
    <>
      <PageHeader
        title={title}
        breadcrumbs={[
          <TextLink key="deployments" to="/deployments">
            Deployments
          </TextLink>,
          <TextLink key="project" to="/projects/$id" params={{ id: deployment.project.id }}>
            {deployment.project.name}
          </TextLink>,
        ]}
        badges={
          <>
            {preview && <Badge color="blue">Preview</Badge>}
            <StatusBadge of="deployment" value={status} />
            {running && deployment.cancelRequestedAt && <Badge color="orange">Cancelling</Badge>}
            {running && deployment.pauseRequestedAt && (
              <Badge color="yellow">{deployment.pausedAt ? 'Paused' : 'Pausing'}</Badge>
            )}
            {running && <StatusBadge of="live" value={socket} variant="plain" />}
          </>
        }
        actions={
          <>
          {mayRun &&
          (running ? (
            <>
              <PauseButton deployment={deployment} onDone={onChanged} />
              <CancelButton deployment={deployment} title={title} onDone={onChanged} />
            </>
          ) : (
            !preview && <RerunButton deployment={deployment} title={title} />
          ))}
          {!running && !preview && <ReceiptButton deployment={deployment} title={title} />}
          </>
        }
      />
      <Stack gap="lg">
        {status === 'PENDING' && <Waiting deployment={deployment} now={now} />}
        <Reruns deployment={deployment} />
        <Failure deployment={deployment} status={status} preview={preview}>
          {failure && (
            <Button size="compact-sm" variant="default" onClick={() => {
                setFilter(EVERYTHING);
                target(failure.sequence);
              }}>
              Go to the first failure
            </Button>
          )}
        </Failure>
        <RunProgress deployment={deployment} status={status} progress={progress} now={now} />
        {preview && (
          <Suspense>
            <PreviewResult id={deployment.id} running={running} finished={progress.finished} />
          </Suspense>
        )}
        <HostResults deployment={deployment} tasks={tasks} running={running} />
        {tasks.length > 0 && (
          <Section
            title="Tasks"
            description="Each task on each host, with its time in the run. Choose one to see its lines."
            flush
          >
            <TaskMatrix tasks={tasks} hosts={hosts} now={now} running={running} onOpen={openLines} />
          </Section>
        )}
        <div ref={logSection} style={{ scrollMarginBlockStart: 72 }}>
          <Section
            title="Log"
            description={
              deployment.eventsArchivedAt && (
                <>
                  Archived <RelativeTime value={deployment.eventsArchivedAt} />, and shown as it was.
                </>
              )
            }
            flush
          >
            {error && log.lines.length === 0 ? (
              <ErrorState error={error} onRetry={retry} />
            ) : (
              <>
                {error && (
                  <Alert color="orange" radius={0} icon={<IconAlertTriangle size={18} aria-hidden />}>
                    The rest of the log could not be read.{' '}
                    <Button size="compact-xs" variant="default" onClick={retry}>
                      Try again
                    </Button>
                  </Alert>
                )}
                <LogViewer
                  log={log}
                  version={version}
                  complete={complete || error !== undefined}
                  running={running}
                  hosts={hosts}
                  filter={filter}
                  onFilter={setFilter}
                  target={sequenceOfHash(hash)}
                  onTarget={target}
                  fileName={`${fileNameOf(title, deployment.createdAt)}.log`}
                />
              </>
            )}
          </Section>
        </div>
        <DeploymentFacts deployment={deployment} />
      </Stack>
      <VisuallyHidden role="status">{running ? announcement(tasks) : ''}</VisuallyHidden>
    </>
  );
}

/** A task as the deployment's record has it, for as long as the events are on their way. */
const fromRecord = (task: Deployment['tasks'][number]): RunTask => ({
  ...task,
  cells: new Map(task.hosts.map(({ host, ...cell }) => [host, cell])),
});

/** For those who do not see the page: the task that runs, whenever it changes. */
function announcement(tasks: readonly RunTask[]): string {
  const last = tasks.at(-1);
  return last ? `Task ${last.index}: ${last.name}` : '';
}

interface FailureProps {
  deployment: Deployment;
  status: Deployment['status'];
  preview: boolean;
  children: ReactNode;
}

function Failure({ deployment, status, preview, children }: FailureProps) {
  if (status === 'FAILED') {
    return (
      <Alert color="red" title={preview ? 'This preview did not come to its end' : 'This deployment failed'} icon={<IconAlertTriangle size={18} aria-hidden />} role="alert">
        <Stack gap="xs" align="flex-start">
          <Text size="sm">{deployment.failureMessage ?? 'The log says where.'}</Text>
          {children}
        </Stack>
      </Alert>
    );
  }
  if (status === 'UNKNOWN') {
    return (
      <Alert color="orange" title="Nobody knows how this ended" icon={<IconHelpCircle size={18} aria-hidden />}>
        {deployment.failureMessage ??
          'Rookery lost the run before it ended. Look at the servers before you deploy again: what it began may be done.'}
      </Alert>
    );
  }
  if (status === 'CANCELLED' && deployment.failureMessage) {
    return <Alert color="gray">{deployment.failureMessage}</Alert>;
  }
  return null;
}
