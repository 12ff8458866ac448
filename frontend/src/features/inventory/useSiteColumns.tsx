import { useMemo } from 'react';
import { useViewer } from '~/app/viewer';
import { ActionButton, type Column } from '~/ui';
import { INVENTORY_REASON, keepsInventory, keepsSomeInventory } from './inventoryAccess';
import { SITE_COLUMNS, type Site, type SiteOrderField } from './siteList';

/** The columns of sites, with an edit button where the viewer changes any. */
export function useSiteColumns(onEdit: (site: Site) => void): readonly Column<Site, SiteOrderField>[] {
  const viewer = useViewer();
  return useMemo(() => {
    if (!keepsSomeInventory(viewer)) return SITE_COLUMNS;
    const edit: Column<Site, SiteOrderField> = {
      key: 'edit',
      header: 'Actions',
      buttons: true,
      align: 'end',
      cell: (site) => (
        <ActionButton
          size="compact-sm"
          variant="default"
          aria-label={`Edit ${site.name}`}
          allowed={keepsInventory(viewer, site.tenant.id)}
          reason={INVENTORY_REASON}
          onClick={() => onEdit(site)}
        >
          Edit
        </ActionButton>
      ),
    };
    return [...SITE_COLUMNS, edit];
  }, [viewer, onEdit]);
}
