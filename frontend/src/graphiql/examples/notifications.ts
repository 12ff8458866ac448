import type { Example } from './example';

export const NOTIFICATIONS: readonly Example[] = [
  {
    domain: 'notifications',
    title: 'Unread notifications',
    about: 'What you have not read yet, and what it is about.',
    document: `query Unread {
  viewer {
    unreadNotificationCount
    notifications(first: 20, where: { read: false }) {
      nodes {
        id
        level
        title
        body
        subjectType
        subjectId
        createdAt
      }
    }
  }
}
`,
  },
  {
    domain: 'notifications',
    title: 'Hear of new ones',
    about: 'Waits and tells each notification as it comes. Leave it running and do something in the app.',
    document: `subscription Told {
  notificationReceived {
    id
    level
    title
    body
    subjectType
    subjectId
  }
}
`,
  },
  {
    domain: 'notifications',
    title: 'Mark all as read',
    about: 'Without ids, it marks all of yours.',
    document: `mutation MarkAllRead($input: MarkNotificationsReadInput!) {
  markNotificationsRead(input: $input) {
    unreadCount
    userErrors {
      code
      message
    }
  }
}
`,
    variables: { input: { ids: null } },
  },
];
