import { CopyableCode, formatCount, formatEnum, KeyValueList, Money, RelativeTime, Section, TextLink } from '~/ui';
import { PlanVariables } from './PlanVariables';
import type { Deployment } from './deploymentQuery';

/** What was agreed on before it ran. */
export function DeploymentFacts({ deployment }: { deployment: Deployment }) {
  const { plan, request, script, scriptRevision } = deployment;
  const revision = scriptRevision?.number ?? plan.scriptRevision;
  const scriptWords = `${plan.scriptName ?? script?.name ?? 'A script'}${revision == null ? '' : `, revision ${revision}`}`;
  return (
    <Section title="Plan" description={
        deployment.mode === 'PREVIEW'
          ? 'What was looked at.'
          : request
            ? 'Exactly this was approved, and nothing else runs.'
            : 'Fixed before it started; nothing else runs.'
      }>
      <KeyValueList
        columns={3}
        entries={[
          [
            'Script',
            script ? (
              <TextLink to="/scripts/$id" params={{ id: script.id }} search={{ revision: revision == null ? undefined : String(revision) }}>
                {scriptWords}
              </TextLink>
            ) : (
              scriptWords
            ),
          ],
          ['Kind', plan.scriptKind && (plan.scriptKind === 'SSH' ? 'Commands over SSH' : formatEnum(plan.scriptKind))],
          [
            'Request',
            request ? (
              <TextLink to="/requests/$id" params={{ id: request.id }}>
                {request.name}
              </TextLink>
            ) : (
              'Run without a request'
            ),
          ],
          ['Targets', plan.targets.map(({ name }) => name).join(', ')],
          ['Batches', batches(plan)],
          ['Price', <Money key="price" cents={plan.monthlyPriceCents} per="/ month" />],
          ['Created', <RelativeTime key="created" value={deployment.createdAt} />],
          [
            'Plan digest',
            plan.digest && <CopyableCode key="digest" value={plan.digest} label="plan digest" shortenTo={18} />,
          ],
          [
            'Script digest',
            plan.scriptDigest && (
              <CopyableCode key="script" value={plan.scriptDigest} label="script digest" shortenTo={18} />
            ),
          ],
          [
            'Trace',
            deployment.traceParent && (
              <CopyableCode key="trace" value={traceId(deployment.traceParent)} label="trace id" shortenTo={18} />
            ),
          ],
          ['Variables', <PlanVariables key="variables" variables={plan.variables} />],
        ]}
      />
    </Section>
  );
}

function batches({ batchSize, maxFailures, targets }: Deployment['plan']) {
  if (batchSize == null || batchSize >= targets.length) return 'All targets at once';
  const failures = maxFailures ? `more than ${formatCount(maxFailures, 'failure')}` : 'a failure';
  return `${formatCount(batchSize, 'target')} at a time; no further batch after ${failures}`;
}

/** Of `00-TRACE-SPAN-FLAGS`, by what traces and log lines are found. */
function traceId(traceParent: string) {
  return traceParent.split('-')[1] ?? traceParent;
}
