import '~/ui/theme/mantine-more.css';
import { Button, Group, Select, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { graphql, type Scalar } from '~/gql';
import { Dialog, FormErrors, showToast, statusOptions, useMutationForm } from '~/ui';
import { slugOf, TENANT_TYPE_OPTIONS } from './tenantOptions';

const CreateTenant = graphql(`
  mutation CreateTenant($input: CreateTenantInput!) {
    createTenant(input: $input) {
      tenant {
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

const UpdateTenant = graphql(`
  mutation UpdateTenant($input: UpdateTenantInput!) {
    updateTenant(input: $input) {
      tenant {
        id
        name
        type
        status
        updatedAt
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

type TenantType = Scalar<'TenantType'>;
type TenantStatus = Scalar<'TenantStatus'>;

const named = (name: string) => (name.trim() ? null : 'Give the tenant a name.');

interface NewTenantDialogProps {
  onClose: () => void;
  onCreated: (id: string) => void;
}

export function NewTenantDialog({ onClose, onCreated }: NewTenantDialogProps) {
  const [ownSlug, setOwnSlug] = useState(false);
  const { form, submit, pending, general } = useMutationForm({
    document: CreateTenant,
    payload: (answer) => answer.createTenant,
    initialValues: { name: '', slug: '', type: 'STANDARD' as TenantType },
    validate: {
      name: named,
      slug: (slug: string) =>
        /^[a-z0-9]+(-[a-z0-9]+)*$/.test(slug) && slug.length <= 50
          ? null
          : 'Small letters, digits and single hyphens, at most 50.',
    },
    variables: ({ name, slug, type }) => ({ input: { name: name.trim(), slug, type } }),
    onSuccess: ({ tenant }) => {
      if (tenant) onCreated(tenant.id);
    },
  });
  return (
    <Dialog opened onClose={onClose} title="New tenant">
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <FormErrors messages={general} />
          <TextInput
            label="Name"
            required
            data-autofocus
            {...form.getInputProps('name')}
            onChange={({ currentTarget: { value } }) => {
              form.setFieldValue('name', value);
              if (!ownSlug) form.setFieldValue('slug', slugOf(value));
            }}
          />
          <TextInput
            label="Slug"
            description="Its name in addresses; it stays as it is."
            required
            spellCheck={false}
            autoCapitalize="none"
            {...form.getInputProps('slug')}
            onChange={({ currentTarget: { value } }) => {
              setOwnSlug(true);
              form.setFieldValue('slug', value);
            }}
          />
          <Select label="Type" data={TENANT_TYPE_OPTIONS} allowDeselect={false} {...form.getInputProps('type')} />
          <Buttons label="Create tenant" pending={pending} onClose={onClose} />
        </Stack>
      </form>
    </Dialog>
  );
}

interface EditTenantDialogProps {
  tenant: { id: string; name: string; type: TenantType; status: TenantStatus };
  /** Type and status are the operator's to say. */
  classifies: boolean;
  onClose: () => void;
}

export function EditTenantDialog({ tenant, classifies, onClose }: EditTenantDialogProps) {
  const { form, submit, pending, general } = useMutationForm({
    document: UpdateTenant,
    payload: (answer) => answer.updateTenant,
    initialValues: { name: tenant.name, type: tenant.type, status: tenant.status },
    validate: { name: named },
    variables: ({ name, type, status }) => ({
      input: { id: tenant.id, name: name.trim(), ...(classifies ? { type, status } : {}) },
    }),
    onSuccess: () => {
      showToast({ color: 'green', message: 'The tenant is saved.' });
      onClose();
    },
  });
  return (
    <Dialog opened onClose={onClose} title={`Edit ${tenant.name}`}>
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <FormErrors messages={general} />
          <TextInput label="Name" required data-autofocus {...form.getInputProps('name')} />
          {classifies && (
            <>
              <Select label="Type" data={TENANT_TYPE_OPTIONS} allowDeselect={false} {...form.getInputProps('type')} />
              <Select
                label="Status"
                description="Suspending or archiving locks its people out."
                data={statusOptions('tenant')}
                allowDeselect={false}
                {...form.getInputProps('status')}
              />
            </>
          )}
          <Buttons label="Save" pending={pending} onClose={onClose} />
        </Stack>
      </form>
    </Dialog>
  );
}

function Buttons({ label, pending, onClose }: { label: string; pending: boolean; onClose: () => void }) {
  return (
    <Group justify="flex-end" gap="xs">
      <Button variant="default" onClick={onClose} disabled={pending}>
        Back
      </Button>
      <Button type="submit" loading={pending}>
        {label}
      </Button>
    </Group>
  );
}
