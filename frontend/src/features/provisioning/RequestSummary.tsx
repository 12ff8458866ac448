import '~/ui/theme/mantine-more.css';
import { Progress, Text, Title } from '@mantine/core';
import { IconAlertCircle, IconCircleCheck } from '@tabler/icons-react';
import { useId } from 'react';
import { formatEnum, KeyValueList, Money, StatusBadge } from '~/ui';
import { formatSize } from './choices';
import type { ProjectOption, ScriptOption, ServerOption } from './options';
import classes from './RequestForm.module.css';
import type { RequestValues } from './requestValues';
import { variableLabel, type Variable } from './variables';

interface RequestSummaryProps {
  values: RequestValues;
  project: ProjectOption | undefined;
  script: Pick<ScriptOption, 'name'> | undefined;
  server: ServerOption | undefined;
  missing: readonly Variable[];
}

/** What is being asked for, as it stands, and what approval still needs. */
export function RequestSummary({ values, project, script, server, missing }: RequestSummaryProps) {
  const id = useId();
  const needed = [
    !values.scriptId && 'A script to run',
    !values.targetServerId && 'A target server',
    ...missing.map((variable) => `A value for ${variableLabel(variable)}`),
  ].filter((sentence) => sentence !== false);

  return (
    <aside aria-labelledby={id} className={classes.summary}>
      <Title order={2} id={id} size="h3">
        Summary
      </Title>
      <Text fw={600} className={classes.summaryName} c={values.name.trim() ? undefined : 'dimmed'}>
        {values.name.trim() || 'No name yet'}
      </Text>
      <KeyValueList
        entries={[
          ['Project', project && `${project.name} · ${project.tenant.name}`],
          ['Server', formatEnum(values.serverType)],
          ['Size', formatSize(values.cpu, values.memoryGb, values.storageGb)],
          ['Operating system', values.operatingSystem.trim()],
          ['Priority', <StatusBadge key="p" of="priority" value={values.priority} variant="plain" />],
          ['Runs', script ? `${script.name}${server ? ` on ${server.name}` : ''}` : null],
          server !== undefined && ['Price', <Money key="m" cents={server.monthlyPriceCents} per="/ month" />],
        ]}
      />
      {project && <Room project={project} />}
      <div className={classes.needs} role="status">
        {needed.length === 0 ? (
          <Text size="sm" className={classes.need}>
            <IconCircleCheck size={16} color="var(--mantine-color-green-text)" aria-hidden />
            The plan is complete: it can be approved as filed.
          </Text>
        ) : (
          <>
            <Text size="sm" fw={550}>
              Before it can be approved
            </Text>
            <ul className={classes.needList}>
              {needed.map((sentence) => (
                <li key={sentence} className={classes.need}>
                  <IconAlertCircle size={16} color="var(--mantine-color-yellow-text)" aria-hidden />
                  {sentence}
                </li>
              ))}
            </ul>
            <Text size="xs" c="dimmed">
              You may file it as it is; a technician or administrator can complete it while it is pending.
            </Text>
          </>
        )}
      </div>
    </aside>
  );
}

/** How full the project is: servers and money. */
function Room({ project }: { project: ProjectOption }) {
  const share = project.maxServers > 0 ? (project.serverCount / project.maxServers) * 100 : 100;
  return (
    <div>
      <Text size="xs" c="dimmed">
        {project.name} holds {project.serverCount} of {project.maxServers} servers
      </Text>
      <Progress
        value={Math.min(100, share)}
        size="sm"
        mt={4}
        color={share >= 100 ? 'orange' : undefined}
        aria-label={`Servers in ${project.name}`}
      />
      <Text size="xs" c="dimmed" mt={6}>
        <Money cents={project.monthlyCostCents} /> of <Money cents={project.monthlyBudgetCents} /> a month
        {project.overBudget && ': over budget'}
      </Text>
    </div>
  );
}
