import { useNavigate, useParams } from '@tanstack/react-router';
import { IconLock } from '@tabler/icons-react';
import { useQuery } from 'urql';
import { useMutationAction } from '~/api/useMutationAction';
import { graphql, type ResultOf } from '~/gql';
import { ButtonLink, EmptyState, ErrorState, PageHeader, PageSkeleton, showToast, TextLink } from '~/ui';
import { NotFound } from './NotFound';
import { useProjectOptions, useScriptOptions } from './options';
import { RequestForm } from './RequestForm';
import { requestInput, type RequestValues } from './requestValues';
import { initialVariables } from './variables';

const EditRequestQuery = graphql(`
  query EditServerRequest($id: ID!) {
    serverRequest(id: $id) {
      id
      name
      serverType
      cpu
      memoryGb
      storageGb
      operatingSystem
      applicationType
      priority
      expectedUsage
      justification
      variables
      project {
        id
        name
        serverCount
        maxServers
        monthlyCostCents
        monthlyBudgetCents
        overBudget
        tenant {
          id
          name
        }
      }
      script {
        id
        name
        description
        kind
        requiresRoot
        currentRevision {
          id
          number
          variables {
            name
            type
            label
            description
            required
            default
            choices
          }
        }
      }
      targetServer {
        id
      }
      secretVariables
      actions {
        name
        allowed
        reason
      }
    }
  }
`);

const UpdateServerRequest = graphql(`
  mutation UpdateServerRequest($input: UpdateServerRequestInput!) {
    updateServerRequest(input: $input) {
      serverRequest {
        id
        name
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

type Request = NonNullable<ResultOf<typeof EditRequestQuery>['serverRequest']>;

const valuesOf = (request: Request): RequestValues => ({
  projectId: request.project?.id ?? null,
  name: request.name,
  serverType: request.serverType,
  cpu: request.cpu,
  memoryGb: request.memoryGb,
  storageGb: request.storageGb,
  operatingSystem: request.operatingSystem,
  applicationType: request.applicationType ?? '',
  priority: request.priority,
  expectedUsage: request.expectedUsage,
  justification: request.justification,
  scriptId: request.script?.id ?? null,
  targetServerId: request.targetServer?.id ?? null,
  variables: initialVariables(request.script?.currentRevision.variables ?? [], request.variables),
});

const withOne = <Item extends { id: string }>(items: readonly Item[], one: Item | null): readonly Item[] =>
  one && !items.some(({ id }) => id === one.id) ? [...items, one] : items;

export default function EditRequestPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const navigate = useNavigate();
  const [{ data, error, fetching, stale }, retry] = useQuery({
    query: EditRequestQuery,
    variables: { id },
    // What is edited must be what the server has, not what was seen a while ago.
    requestPolicy: 'network-only',
  });
  const { projects } = useProjectOptions();
  const scripts = useScriptOptions();
  const { run, pending } = useMutationAction(UpdateServerRequest, (answer) => answer.updateServerRequest);

  const request = data?.serverRequest;
  const edit = request?.actions.find(({ name }) => name === 'EDIT');
  const header = (
    <PageHeader
      title={request ? `Edit ${request.name}` : 'Edit request'}
      breadcrumbs={[
        <TextLink key="requests" to="/requests">
          Requests
        </TextLink>,
        request && (
          <TextLink key="request" to="/requests/$id" params={{ id }}>
            {request.name}
          </TextLink>
        ),
      ].filter(Boolean)}
      description="The plan is made anew from what you save; an approval is always of the newest."
    />
  );

  function body() {
    if (!request && error) return <ErrorState error={error} onRetry={() => retry({ requestPolicy: 'network-only' })} />;
    if (!request) return fetching || stale ? <PageSkeleton /> : <NotFound />;
    if (!edit?.allowed && !pending) {
      return (
        <EmptyState
          icon={IconLock}
          title="This request cannot be edited"
          action={
            <ButtonLink to="/requests/$id" params={{ id }} variant="default">
              To the request
            </ButtonLink>
          }
        >
          {edit?.reason ?? 'Your role does not allow this.'}
        </EmptyState>
      );
    }
    if (!scripts.loaded) {
      return scripts.error ? (
        <ErrorState error={scripts.error} onRetry={() => scripts.retry({ requestPolicy: 'network-only' })} />
      ) : (
        <PageSkeleton />
      );
    }
    return (
      <RequestForm
        initialValues={valuesOf(request)}
        projects={withOne(projects, request.project)}
        scripts={withOne(scripts.scripts, request.script)}
        onSearchScripts={scripts.onSearch}
        existing={{
          scriptId: request.script?.id ?? null,
          secretState: (name) => (request.secretVariables.includes(name) ? 'given' : 'none'),
        }}
        submitLabel="Save changes"
        pending={pending}
        cancel={
          <ButtonLink to="/requests/$id" params={{ id }} variant="default">
            Cancel
          </ButtonLink>
        }
        onSubmit={async (values, declared) => {
          const payload = await run({ input: { ...requestInput(values, declared), id } });
          if (!payload) return null;
          if (payload.userErrors.length === 0) {
            showToast({ color: 'green', title: 'Saved', message: 'The plan was made anew.' });
            await navigate({ to: '/requests/$id', params: { id }, ignoreBlocker: true });
          }
          return payload.userErrors;
        }}
      />
    );
  }

  return (
    <>
      {header}
      {body()}
    </>
  );
}
