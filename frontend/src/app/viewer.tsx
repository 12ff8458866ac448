import { createContext, use, type ReactNode } from 'react';
import { graphql, type ResultOf, type Scalar } from '~/gql';

export type Permission = Scalar<'Permission'>;

export const ViewerQuery = graphql(`
  query Viewer {
    viewer {
      user {
        id
        name
        email
        username
        userType
      }
      level
      isManager
      permissions
      memberships {
        role
        status
        tenant {
          id
          name
        }
      }
      unreadNotificationCount
      demo
    }
  }
`);

export type ViewerData = ResultOf<typeof ViewerQuery>['viewer'];
export type SignedInViewer = ViewerData & { user: NonNullable<ViewerData['user']> };

export interface Viewer extends SignedInViewer {
  can: (permission: Permission) => boolean;
}

/** Who may open a route or see a control: any one of `anyOf`; with `staff`, all staff; with `member`, who belongs to a tenant. */
export interface Access {
  anyOf: readonly Permission[];
  staff?: true;
  member?: true;
}

export const isStaff = ({ level }: Pick<ViewerData, 'level'>) => level !== null && level !== 'CLIENT';

export function mayAccess(
  viewer: Pick<SignedInViewer, 'level' | 'permissions' | 'memberships'>,
  access?: Access,
): boolean {
  if (!access) return true;
  if (access.staff && isStaff(viewer)) return true;
  if (access.member && viewer.memberships.some(({ status }) => status === 'ACTIVE')) return true;
  return access.anyOf.some((permission) => viewer.permissions.includes(permission));
}

const ViewerContext = createContext<Viewer | null>(null);

export function ViewerProvider({ viewer, children }: { viewer: SignedInViewer; children: ReactNode }) {
  const value: Viewer = { ...viewer, can: (permission) => viewer.permissions.includes(permission) };
  return <ViewerContext value={value}>{children}</ViewerContext>;
}

/** The person who is signed in; only inside the shell. */
export function useViewer(): Viewer {
  const viewer = use(ViewerContext);
  if (!viewer) throw new Error('useViewer outside the shell');
  return viewer;
}

interface RequiresProps {
  /** One permission, or several of which any will do. */
  permission: Permission | readonly Permission[];
  children: ReactNode;
  fallback?: ReactNode;
}

/** Shows its children to those who may; the server decides again, always. */
export function Requires({ permission, children, fallback = null }: RequiresProps) {
  const viewer = useViewer();
  return mayAccess(viewer, { anyOf: [permission].flat() as Permission[] }) ? children : fallback;
}
