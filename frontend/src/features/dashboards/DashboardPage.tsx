import { IconPlus } from '@tabler/icons-react';
import { lazy, Suspense, type ComponentType } from 'react';
import { Requires, useViewer } from '~/app/viewer';
import type { Scalar } from '~/gql';
import { ButtonLink, PageHeader, PageSkeleton } from '~/ui';

// One role's dashboard at a time: the others are not loaded.
const DASHBOARDS: Record<Scalar<'PermissionLevel'>, ComponentType> = {
  ADMIN: lazy(() => import('./AdminDashboard')),
  TECHNICIAN: lazy(() => import('./TechnicianDashboard')),
  BILLING: lazy(() => import('./SalesDashboard')),
  CLIENT: lazy(() => import('./ClientDashboard')),
};

export default function DashboardPage() {
  const viewer = useViewer();
  const Dashboard = DASHBOARDS[viewer.level ?? 'CLIENT'];
  return (
    <>
      <PageHeader
        title="Dashboard"
        description={`What waits for you, ${viewer.user.name}, and what is going on.`}
        actions={
          <Requires permission="CREATE_REQUESTS">
            <ButtonLink to="/requests/new" leftSection={<IconPlus size={16} aria-hidden />}>
              New request
            </ButtonLink>
          </Requires>
        }
      />
      <Suspense fallback={<PageSkeleton />}>
        <Dashboard />
      </Suspense>
    </>
  );
}
