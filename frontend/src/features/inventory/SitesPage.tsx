import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconMapPin, IconPlus } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useQuery } from 'urql';
import { useViewer } from '~/app/viewer';
import { ConnectionTable, EmptyState, PageHeader, useConnectionList, useListParams } from '~/ui';
import { keepsInventory, keepsSomeInventory } from './inventoryAccess';
import { EditSiteDialog, InventoryTenantsQuery, NewSiteDialog } from './SiteDialog';
import { SitesQuery, type Site, type SiteOrderField } from './siteList';
import { useSiteColumns } from './useSiteColumns';

export default function SitesPage() {
  const viewer = useViewer();
  const [opened, dialog] = useDisclosure(false);
  const [edited, setEdited] = useState<Site | null>(null);
  const [{ data: known }] = useQuery({ query: InventoryTenantsQuery });
  const params = useListParams<SiteOrderField>({ field: 'NAME', direction: 'ASC' });
  const list = useConnectionList({
    query: SitesQuery,
    connection: (data) => data.sites,
    variables: {
      where: { search: params.search || undefined, tenantId: params.values('tenant').at(-1) },
      orderBy: params.orderBy,
    },
  });
  const columns = useSiteColumns(setEdited);
  const filters = useMemo(
    () => [
      {
        name: 'tenant',
        label: 'Tenant',
        single: true,
        options: (known?.tenants.nodes ?? []).map(({ id, name }) => ({ value: id, label: name })),
      },
    ],
    [known],
  );
  const create = keepsSomeInventory(viewer) ? (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={dialog.open}>
      New site
    </Button>
  ) : undefined;

  return (
    <>
      <PageHeader title="Sites" description="Where your clients' devices stand." actions={create} />
      <ConnectionTable
        label="Sites"
        noun="site"
        list={list}
        params={params}
        columns={columns}
        filters={filters}
        rowKey={(site) => site.id}
        empty={
          <EmptyState icon={IconMapPin} title="No sites yet" action={create}>
            A site is a place of a tenant where devices stand.
          </EmptyState>
        }
      />
      {opened && <NewSiteDialog mayChoose={(id) => keepsInventory(viewer, id)} onClose={dialog.close} />}
      {edited && <EditSiteDialog key={edited.id} site={edited} onClose={() => setEdited(null)} />}
    </>
  );
}
