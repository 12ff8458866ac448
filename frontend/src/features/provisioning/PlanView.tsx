import '~/ui/theme/mantine-more.css';
import { Alert, Badge, Group, Stack, Table, Text } from '@mantine/core';
import { IconAlertTriangle, IconLock, IconPencil } from '@tabler/icons-react';
import { ScriptFiles } from '~/features/deployment/ScriptFiles';
import { ButtonLink, CodeView, CopyableCode, KeyValueList, Money } from '~/ui';
import classes from './PlanView.module.css';
import type { Plan } from './request';
import { formatAddress } from './planDifference';
import { givenVariables } from './variables';

interface PlanViewProps {
  plan: Plan;
  /** `ServerRequest.variables`: shown while the plan is not complete, and so has none of its own. */
  given?: unknown;
  /** Where to complete it; not for those who may not. */
  completeId?: string;
}

/** Exactly what a deployment would do: which script, where, with which values, at what price. */
export function PlanView({ plan, given, completeId }: PlanViewProps) {
  return (
    <Stack gap="lg">
      {!plan.complete && <Missing missing={plan.missing} completeId={completeId} />}
      {(plan.complete || plan.scriptName) && (
        <KeyValueList
          columns={2}
          entries={[
            ['Script', plan.scriptName && `${plan.scriptName}, revision ${plan.scriptRevision ?? '–'}`],
            ['Run by', plan.scriptKind && (plan.scriptKind === 'ANSIBLE' ? 'ansible-playbook over SSH' : 'Shell over SSH')],
            ['Price', plan.complete ? <Money key="price" cents={plan.monthlyPriceCents} per="/ month" /> : null],
            plan.requiresRoot !== null && ['Rights on the target', plan.requiresRoot ? 'Becomes root' : 'No root: the user it signs in as'],
          ]}
        />
      )}
      <Targets plan={plan} />
      <Variables variables={plan.complete ? plan.variables : givenVariables(given)} />
      <Content plan={plan} />
      {plan.digest !== null && (
        <Stack gap={6}>
          <h3 className={classes.heading}>Digest of the plan</h3>
          <Text size="sm" c="dimmed">
            Stands for everything above, to the letter. Approval binds it: nothing with another digest is deployed.
          </Text>
          <CopyableCode value={plan.digest} label="plan digest" />
          <details className={classes.disclosure}>
            <summary>The plan in canonical JSON</summary>
            <pre className={classes.json} tabIndex={0} role="region" aria-label="Plan in canonical JSON">
              {plan.canonicalJson}
            </pre>
          </details>
        </Stack>
      )}
    </Stack>
  );
}

function Missing({ missing, completeId }: { missing: readonly string[]; completeId?: string }) {
  return (
    <Alert
      color="yellow"
      role="note"
      icon={<IconAlertTriangle size={18} aria-hidden />}
      title="The plan is not complete"
    >
      <Text size="sm">Before it can be approved, it needs:</Text>
      <ul className={classes.missing}>
        {missing.map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ul>
      {completeId && (
        <ButtonLink
          to="/requests/$id/edit"
          params={{ id: completeId }}
          size="xs"
          mt="xs"
          variant="default"
          leftSection={<IconPencil size={14} aria-hidden />}
        >
          Complete the plan
        </ButtonLink>
      )}
    </Alert>
  );
}

function Targets({ plan }: { plan: Plan }) {
  if (plan.targets.length === 0) return null;
  return (
    <div>
      <h3 className={classes.heading}>Runs on</h3>
      <ul className={classes.targets}>
        {plan.targets.map(({ name, address, port, user, type }) => (
          <li key={`${name} ${address}`} className={classes.target}>
            <Text fw={550}>{name}</Text>
            <code>{formatAddress({ address, port, user })}</code>
            {type && <Badge color="gray">{type}</Badge>}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Variables({ variables }: { variables: Plan['variables'] }) {
  if (variables.length === 0) return null;
  return (
    <div>
      <h3 className={classes.heading}>Variables</h3>
      <Table.ScrollContainer minWidth={280}>
        <Table aria-label="Variables of the plan" className={classes.variables}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Name</Table.Th>
              <Table.Th>Value</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {variables.map(({ name, value, secret }) => (
              <Table.Tr key={name}>
                <Table.Th scope="row">
                  <code>{name}</code>
                </Table.Th>
                <Table.Td>{secret ? <Secret /> : value === '' ? <Text c="dimmed">empty</Text> : <code>{value}</code>}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </div>
  );
}

/** Whatever the server sends for a secret, it is not shown. */
function Secret() {
  return (
    <Group gap={6} wrap="nowrap">
      <IconLock size={14} aria-hidden />
      <Text span inherit>
        Secret, given
      </Text>
    </Group>
  );
}

function Content({ plan }: { plan: Plan }) {
  if (!plan.scriptName) return null;
  return (
    <Stack gap={6}>
      <h3 className={classes.heading}>What is run</h3>
      {plan.scriptContent == null ? (
        <Text size="sm" c="dimmed">
          The content is shown to those who may deploy.
        </Text>
      ) : (
        <CodeView
          code={plan.scriptContent}
          language={plan.scriptKind === 'SSH' ? 'shell' : 'yaml'}
          label={`Content of ${plan.scriptName}, revision ${plan.scriptRevision ?? ''}`}
        />
      )}
      {plan.scriptFiles ? (
        <ScriptFiles files={plan.scriptFiles} of={`${plan.scriptName}, revision ${plan.scriptRevision ?? ''}`} />
      ) : (
        plan.files.length > 0 && (
          <Text size="sm">
            With these files beside it: {plan.files.map(({ path }) => path).join(', ')}
          </Text>
        )
      )}
      {plan.scriptDigest && (
        <Group gap={6}>
          <Text size="xs" c="dimmed">
            SHA-256 of the content
          </Text>
          <CopyableCode value={plan.scriptDigest} label="digest of the content" shortenTo={16} />
        </Group>
      )}
    </Stack>
  );
}
