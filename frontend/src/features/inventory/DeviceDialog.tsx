import '~/ui/theme/mantine-more.css';
import { Button, Group, JsonInput, Select, Stack, TextInput } from '@mantine/core';
import { useQuery } from 'urql';
import { graphql } from '~/gql';
import { Dialog, FormErrors, showToast, statusOptions, useMutationForm } from '~/ui';
import { DEVICE_TYPE_OPTIONS, deviceInput, metadataText, validateDevice, type DeviceValues } from './deviceForm';

const CreateDevice = graphql(`
  mutation CreateDevice($input: CreateDeviceInput!) {
    createDevice(input: $input) {
      device {
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

const UpdateDevice = graphql(`
  mutation UpdateDevice($input: UpdateDeviceInput!) {
    updateDevice(input: $input) {
      device {
        id
        name
        type
        serialNumber
        status
        metadata
        updatedAt
        site {
          id
          name
        }
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

const DeviceSitesQuery = graphql(`
  query DeviceSites($tenantId: ID) {
    sites(first: 100, where: { tenantId: $tenantId }, orderBy: { field: NAME, direction: ASC }) {
      nodes {
        id
        name
        tenant {
          id
          name
        }
      }
    }
  }
`);

export interface EditableDevice {
  id: string;
  name: string;
  type: DeviceValues['type'];
  serialNumber: string;
  status: DeviceValues['status'];
  metadata: unknown;
  site: { id: string };
  tenant: { id: string };
}

interface NewDeviceDialogProps {
  mayChoose: (tenantId: string) => boolean;
  onClose: () => void;
}

export function NewDeviceDialog({ mayChoose, onClose }: NewDeviceDialogProps) {
  const { form, submit, pending, general } = useMutationForm({
    document: CreateDevice,
    payload: (answer) => answer.createDevice,
    initialValues: {
      siteId: '',
      name: '',
      type: 'SENSOR',
      serialNumber: '',
      status: 'OFFLINE',
      metadata: '',
    } satisfies DeviceValues as DeviceValues,
    validate: validateDevice,
    variables: (values) => ({ input: deviceInput(values) }),
    onSuccess: () => {
      showToast({ color: 'green', message: 'The device is added.' });
      onClose();
    },
  });
  return (
    <Dialog opened onClose={onClose} title="New device">
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <FormErrors messages={general} />
          <Fields form={form} mayChoose={mayChoose} />
          <Buttons label="Add device" pending={pending} onClose={onClose} />
        </Stack>
      </form>
    </Dialog>
  );
}

export function EditDeviceDialog({ device, onClose }: { device: EditableDevice; onClose: () => void }) {
  const { form, submit, pending, general } = useMutationForm({
    document: UpdateDevice,
    payload: (answer) => answer.updateDevice,
    initialValues: {
      siteId: device.site.id,
      name: device.name,
      type: device.type,
      serialNumber: device.serialNumber,
      status: device.status,
      metadata: metadataText(device.metadata),
    } satisfies DeviceValues as DeviceValues,
    validate: validateDevice,
    variables: (values) => ({ input: { id: device.id, ...deviceInput(values) } }),
    onSuccess: () => {
      showToast({ color: 'green', message: 'The device is saved.' });
      onClose();
    },
  });
  return (
    <Dialog opened onClose={onClose} title={`Edit ${device.name}`}>
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <FormErrors messages={general} />
          <Fields form={form} tenantId={device.tenant.id} mayChoose={() => true} />
          <Buttons label="Save" pending={pending} onClose={onClose} />
        </Stack>
      </form>
    </Dialog>
  );
}

interface FieldsProps {
  form: { getInputProps: (field: keyof DeviceValues & string) => object; getValues: () => DeviceValues };
  /** A device moves within its tenant only. */
  tenantId?: string;
  mayChoose: (tenantId: string) => boolean;
}

function Fields({ form, tenantId, mayChoose }: FieldsProps) {
  const [{ data }] = useQuery({ query: DeviceSitesQuery, variables: { tenantId: tenantId ?? null } });
  const sites = (data?.sites.nodes ?? []).filter(({ tenant }) => mayChoose(tenant.id));
  return (
    <>
      <TextInput label="Name" required data-autofocus {...form.getInputProps('name')} />
      <Select
        label="Site"
        required
        searchable
        placeholder="Choose a site"
        allowDeselect={false}
        nothingFoundMessage="No such site"
        data={sites.map(({ id, name, tenant }) => ({ value: id, label: tenantId ? name : `${name} (${tenant.name})` }))}
        {...form.getInputProps('siteId')}
        value={form.getValues().siteId || null}
      />
      <Group grow align="flex-start">
        <Select label="Type" data={DEVICE_TYPE_OPTIONS} allowDeselect={false} {...form.getInputProps('type')} />
        <Select label="Status" data={statusOptions('device')} allowDeselect={false} {...form.getInputProps('status')} />
      </Group>
      <TextInput label="Serial number" required spellCheck={false} {...form.getInputProps('serialNumber')} />
      <JsonInput
        size="sm"
        label="Metadata"
        description="Whatever else is known of it, as a JSON object"
        placeholder={'{"firmware": "2.1"}'}
        autosize
        minRows={3}
        maxRows={10}
        formatOnBlur
        {...form.getInputProps('metadata')}
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
