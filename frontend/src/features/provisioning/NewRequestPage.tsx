import { useNavigate, useSearch } from '@tanstack/react-router';
import { IconFolders } from '@tabler/icons-react';
import { useMutationAction } from '~/api/useMutationAction';
import type { Search } from '~/app/search';
import { graphql } from '~/gql';
import { ButtonLink, EmptyState, ErrorState, PageHeader, PageSkeleton, showToast, TextLink } from '~/ui';
import { useProjectOptions, useScriptOptions } from './options';
import { RequestForm } from './RequestForm';
import { NEW_REQUEST, requestInput } from './requestValues';

const CreateServerRequest = graphql(`
  mutation CreateServerRequest($input: CreateServerRequestInput!) {
    createServerRequest(input: $input) {
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

export default function NewRequestPage() {
  const navigate = useNavigate();
  const search: Search = useSearch({ strict: false });
  const { projects, loaded, error, retry, onSearch } = useProjectOptions();
  const scripts = useScriptOptions();
  const { run, pending } = useMutationAction(CreateServerRequest, (data) => data.createServerRequest);

  const header = (
    <PageHeader
      title="New request"
      breadcrumbs={[
        <TextLink key="requests" to="/requests">
          Requests
        </TextLink>,
      ]}
      description="Ask for a server. An administrator decides on it; you are told what became of it."
    />
  );
  const failed = error ?? scripts.error;
  if (!loaded || !scripts.loaded) {
    return (
      <>
        {header}
        {failed ? (
          <ErrorState
            error={failed}
            onRetry={() => {
              retry({ requestPolicy: 'network-only' });
              scripts.retry({ requestPolicy: 'network-only' });
            }}
          />
        ) : (
          <PageSkeleton />
        )}
      </>
    );
  }
  if (projects.length === 0) {
    return (
      <>
        {header}
        <EmptyState
          icon={IconFolders}
          title="No project is in your reach"
          action={
            <ButtonLink to="/requests" variant="default">
              To the requests
            </ButtonLink>
          }
        >
          A request belongs to a project. Ask an administrator to grant you access to one.
        </EmptyState>
      </>
    );
  }

  const wanted = [search.project].flat()[0];
  // With one project there is nothing to choose.
  const projectId = projects.find(({ id }) => id === wanted)?.id ?? (projects.length === 1 ? projects[0]!.id : null);

  return (
    <>
      {header}
      <RequestForm
        initialValues={{ ...NEW_REQUEST, projectId }}
        projects={projects}
        onSearchProjects={onSearch}
        scripts={scripts.scripts}
        onSearchScripts={scripts.onSearch}
        submitLabel="File request"
        pending={pending}
        cancel={
          <ButtonLink to="/requests" variant="default">
            Cancel
          </ButtonLink>
        }
        onSubmit={async (values, declared) => {
          const payload = await run({
            input: { ...requestInput(values, declared), projectId: values.projectId ?? '' },
          });
          if (!payload) return null;
          if (payload.serverRequest && payload.userErrors.length === 0) {
            const { id, name } = payload.serverRequest;
            showToast({ color: 'green', title: 'Request filed', message: `${name} waits for a decision.` });
            await navigate({ to: '/requests/$id', params: { id }, ignoreBlocker: true });
          }
          return payload.userErrors;
        }}
      />
    </>
  );
}
