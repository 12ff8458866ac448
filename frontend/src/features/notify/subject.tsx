import type { ReactNode } from 'react';
import { TextLink } from '~/ui';

interface Subject {
  subjectId: string | null;
  subjectType: string | null;
}

interface SubjectLinkProps extends Subject {
  stretched?: boolean;
  onClick?: () => void;
  children: ReactNode;
}

/** Leads to what a notification is about; plain text where that has no page. */
export function SubjectLink({ subjectId, subjectType, children, ...props }: SubjectLinkProps) {
  if (subjectId) {
    const params = { id: subjectId };
    switch (subjectType) {
      case 'ServerRequest':
        return <TextLink {...props} to="/requests/$id" params={params}>{children}</TextLink>;
      case 'Deployment':
        return <TextLink {...props} to="/deployments/$id" params={params}>{children}</TextLink>;
      case 'Project':
        return <TextLink {...props} to="/projects/$id" params={params}>{children}</TextLink>;
      case 'Server':
        return <TextLink {...props} to="/servers/$id" params={params}>{children}</TextLink>;
      case 'Script':
        return <TextLink {...props} to="/scripts/$id" params={params}>{children}</TextLink>;
      case 'Tenant':
        return <TextLink {...props} to="/tenants/$id" params={params}>{children}</TextLink>;
    }
  }
  return <>{children}</>;
}
