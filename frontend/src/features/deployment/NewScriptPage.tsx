import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useMutationAction } from '~/api/useMutationAction';
import { graphql } from '~/gql';
import { PageHeader, TextLink } from '~/ui';
import { ScriptForm } from './ScriptForm';
import { filesInput, NEW_SCRIPT, variablesInput, type ScriptValues } from './scriptForm';

const CreateScript = graphql(`
  mutation CreateScript($input: CreateScriptInput!) {
    createScript(input: $input) {
      script {
        id
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export default function NewScriptPage() {
  const navigate = useNavigate();
  const [initial] = useState(NEW_SCRIPT);
  const { run, pending } = useMutationAction(CreateScript, (data) => data.createScript);

  async function save(values: ScriptValues) {
    const payload = await run({
      input: {
        name: values.name.trim(),
        description: values.description.trim(),
        kind: values.kind,
        requiresRoot: values.requiresRoot,
        content: values.content,
        files: filesInput(values),
        variables: variablesInput(values.variables),
      },
    });
    if (!payload) return null;
    if (payload.script) {
      void navigate({ to: '/scripts/$id', params: { id: payload.script.id }, ignoreBlocker: true });
    }
    return payload.userErrors;
  }

  return (
    <>
      <PageHeader
        title="New script"
        breadcrumbs={[
          <TextLink key="scripts" to="/scripts">
            Scripts
          </TextLink>,
        ]}
        description="It is checked for syntax when you save it; running it needs a request or the right to run it without one."
      />
      <ScriptForm
        initial={initial}
        isNew
        saveLabel="Create script"
        pending={pending}
        onSave={save}
        onCancel={() => void navigate({ to: '/scripts' })}
      />
    </>
  );
}
