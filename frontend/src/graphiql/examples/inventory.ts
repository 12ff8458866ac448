import type { Example } from './example';

export const INVENTORY: readonly Example[] = [
  {
    domain: 'inventory',
    title: 'Devices, page by page',
    about: 'Give the endCursor as $after to read on: cursors stay right while the list changes.',
    document: `query Devices($first: Int!, $after: String, $where: DeviceWhere) {
  devices(first: $first, after: $after, where: $where, orderBy: { field: NAME }) {
    totalCount
    pageInfo {
      hasNextPage
      endCursor
    }
    nodes {
      id
      name
      type
      status
      serialNumber
      site {
        name
        tenant {
          name
        }
      }
    }
  }
}
`,
    variables: { first: 10, after: null, where: { status: ['ONLINE', 'MAINTENANCE'] } },
  },
  {
    domain: 'inventory',
    title: 'Put a device at a site',
    about: 'Registers a device at the first site that you see.',
    document: `mutation AddDevice($input: CreateDeviceInput!) {
  createDevice(input: $input) {
    device {
      id
      name
      status
      site {
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
`,
    variables: {
      input: {
        siteId: '',
        name: 'Lobby thermometer',
        type: 'SENSOR',
        serialNumber: 'TH-0001',
        status: 'ONLINE',
        metadata: { floor: 0 },
      },
    },
    fill: { 'input.siteId': 'sites' },
  },
];
