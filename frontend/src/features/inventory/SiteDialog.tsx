import '~/ui/theme/mantine-more.css';
import { Button, Group, Select, Stack, TextInput } from '@mantine/core';
import { useMemo } from 'react';
import { useQuery } from 'urql';
import { graphql } from '~/gql';
import { Dialog, FormErrors, showToast, useMutationForm } from '~/ui';
import { siteInput, timezones, validateSite, type SiteValues } from './siteForm';
import type { Site } from './siteList';

const CreateSite = graphql(`
  mutation CreateSite($input: CreateSiteInput!) {
    createSite(input: $input) {
      site {
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

const UpdateSite = graphql(`
  mutation UpdateSite($input: UpdateSiteInput!) {
    updateSite(input: $input) {
      site {
        id
        name
        address
        latitude
        longitude
        timezone
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

export const InventoryTenantsQuery = graphql(`
  query InventoryTenants {
    tenants(first: 100, orderBy: { field: NAME, direction: ASC }) {
      nodes {
        id
        name
      }
    }
  }
`);

interface NewSiteDialogProps {
  /** The site's tenant, where that is given by the page. */
  tenantId?: string;
  /** Which tenants the viewer may add a site to. */
  mayChoose: (tenantId: string) => boolean;
  onClose: () => void;
}

export function NewSiteDialog({ tenantId, mayChoose, onClose }: NewSiteDialogProps) {
  const [{ data }] = useQuery({ query: InventoryTenantsQuery, pause: tenantId !== undefined });
  const { form, submit, pending, general } = useMutationForm({
    document: CreateSite,
    payload: (answer) => answer.createSite,
    initialValues: {
      tenantId: tenantId ?? '',
      name: '',
      address: '',
      latitude: '',
      longitude: '',
      timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    } satisfies SiteValues as SiteValues,
    validate: validateSite,
    variables: (values) => ({ input: { tenantId: values.tenantId, ...siteInput(values) } }),
    onSuccess: () => {
      showToast({ color: 'green', message: 'The site is added.' });
      onClose();
    },
  });
  return (
    <Dialog opened onClose={onClose} title="New site">
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <FormErrors messages={general} />
          {tenantId === undefined && (
            <Select
              label="Tenant"
              required
              searchable
              placeholder="Choose a tenant"
              data={(data?.tenants.nodes ?? [])
                .filter(({ id }) => mayChoose(id))
                .map(({ id, name }) => ({ value: id, label: name }))}
              {...form.getInputProps('tenantId')}
              value={form.getValues().tenantId || null}
              onChange={(id) => form.setFieldValue('tenantId', id ?? '')}
            />
          )}
          <Fields form={form} />
          <Buttons label="Add site" pending={pending} onClose={onClose} />
        </Stack>
      </form>
    </Dialog>
  );
}

export function EditSiteDialog({ site, onClose }: { site: Site; onClose: () => void }) {
  const { form, submit, pending, general } = useMutationForm({
    document: UpdateSite,
    payload: (answer) => answer.updateSite,
    initialValues: {
      tenantId: site.tenant.id,
      name: site.name,
      address: site.address ?? '',
      latitude: site.latitude === null ? '' : String(site.latitude),
      longitude: site.longitude === null ? '' : String(site.longitude),
      timezone: site.timezone,
    } satisfies SiteValues as SiteValues,
    validate: validateSite,
    variables: (values) => ({ input: { id: site.id, ...siteInput(values) } }),
    onSuccess: () => {
      showToast({ color: 'green', message: 'The site is saved.' });
      onClose();
    },
  });
  return (
    <Dialog opened onClose={onClose} title={`Edit ${site.name}`}>
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <FormErrors messages={general} />
          <Fields form={form} />
          <Buttons label="Save" pending={pending} onClose={onClose} />
        </Stack>
      </form>
    </Dialog>
  );
}

interface FieldsProps {
  form: { getInputProps: (field: 'name' | 'address' | 'latitude' | 'longitude' | 'timezone') => object; getValues: () => SiteValues };
}

function Fields({ form }: FieldsProps) {
  const present = form.getValues().timezone;
  const zones = useMemo(() => timezones(present), [present]);
  return (
    <>
      <TextInput label="Name" required data-autofocus {...form.getInputProps('name')} />
      <TextInput label="Address" {...form.getInputProps('address')} />
      <Group grow align="flex-start">
        <TextInput label="Latitude" placeholder="40.7505" inputMode="decimal" {...form.getInputProps('latitude')} />
        <TextInput label="Longitude" placeholder="-73.9934" inputMode="decimal" {...form.getInputProps('longitude')} />
      </Group>
      <Select
        label="Time zone"
        required
        searchable
        allowDeselect={false}
        data={zones}
        limit={60}
        nothingFoundMessage="No such time zone"
        {...form.getInputProps('timezone')}
      />
    </>
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
