import { graphql, type ResultOf, type Scalar } from '~/gql';
import { TextLink, type Column } from '~/ui';
import { formatCoordinates } from './siteForm';

export const SitesQuery = graphql(`
  query Sites($first: Int, $after: String, $where: SiteWhere, $orderBy: SiteOrder) {
    sites(first: $first, after: $after, where: $where, orderBy: $orderBy) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        id
        name
        address
        latitude
        longitude
        timezone
        createdAt
        tenant {
          id
          name
        }
        devices(first: 1) {
          totalCount
        }
      }
    }
  }
`);

export type Site = ResultOf<typeof SitesQuery>['sites']['nodes'][number];
export type SiteOrderField = Scalar<'SiteOrderField'>;

export const SITE_COLUMNS: readonly Column<Site, SiteOrderField>[] = [
  { key: 'name', header: 'Name', orderBy: 'NAME', cell: (site) => site.name },
  {
    key: 'tenant',
    header: 'Tenant',
    cell: ({ tenant }) => (
      <TextLink to="/tenants/$id" params={{ id: tenant.id }}>
        {tenant.name}
      </TextLink>
    ),
  },
  { key: 'address', header: 'Address', cell: ({ address }) => address ?? '–' },
  { key: 'timezone', header: 'Time zone', cell: ({ timezone }) => timezone },
  {
    key: 'coordinates',
    header: 'Coordinates',
    cell: ({ latitude, longitude }) => formatCoordinates(latitude, longitude) ?? '–',
    hideOnPhone: true,
  },
  {
    key: 'devices',
    header: 'Devices',
    align: 'end',
    cell: ({ id, name, devices }) => (
      <TextLink to="/devices" search={{ site: id }} aria-label={`${devices.totalCount} devices at ${name}`}>
        {devices.totalCount}
      </TextLink>
    ),
  },
];
