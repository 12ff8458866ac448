import { useDisclosure } from '@mantine/hooks';
import { IconMapPin, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useViewer } from '~/app/viewer';
import { ActionButton, DataTable, EmptyState, LoadMore, Section, useConnectionList } from '~/ui';
import { INVENTORY_REASON, keepsInventory } from './inventoryAccess';
import { EditSiteDialog, NewSiteDialog } from './SiteDialog';
import { SitesQuery, type Site } from './siteList';
import { useSiteColumns } from './useSiteColumns';

/** The sites of one tenant. */
export function SitesSection({ tenant }: { tenant: { id: string; name: string } }) {
  const viewer = useViewer();
  const [opened, dialog] = useDisclosure(false);
  const [edited, setEdited] = useState<Site | null>(null);
  const list = useConnectionList({
    query: SitesQuery,
    connection: (data) => data.sites,
    variables: { where: { tenantId: tenant.id }, orderBy: { field: 'NAME', direction: 'ASC' } },
  });
  const columns = useSiteColumns(setEdited).filter(({ key }) => key !== 'tenant');
  return (
    <Section
      title="Sites"
      flush
      actions={
        <ActionButton
          size="xs"
          variant="default"
          allowed={keepsInventory(viewer, tenant.id)}
          reason={INVENTORY_REASON}
          leftSection={<IconPlus size={15} aria-hidden />}
          onClick={dialog.open}
        >
          New site
        </ActionButton>
      }
    >
      <DataTable
        label={`Sites of ${tenant.name}`}
        columns={columns}
        rows={list.nodes}
        rowKey={(site) => site.id}
        loading={list.loading}
        error={list.error}
        onRetry={list.reload}
        empty={
          <EmptyState icon={IconMapPin} title="No sites yet">
            A site is a place where devices stand.
          </EmptyState>
        }
      />
      <LoadMore list={list} plural="sites" />
      {opened && <NewSiteDialog tenantId={tenant.id} mayChoose={() => true} onClose={dialog.close} />}
      {edited && <EditSiteDialog key={edited.id} site={edited} onClose={() => setEdited(null)} />}
    </Section>
  );
}
