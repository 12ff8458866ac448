import { Group, Text, Title } from '@mantine/core';
import { useMatches } from '@tanstack/react-router';
import { Fragment, useEffect, useRef, type ReactNode } from 'react';
import classes from './PageHeader.module.css';

interface PageHeaderProps {
  /** The page's h1, and the document title. */
  title: string;
  /** Links to what this page lies under, outermost first: `<TextLink to="/projects">Projects</TextLink>`. */
  breadcrumbs?: readonly ReactNode[];
  /** Beside the title: a StatusBadge or two. */
  badges?: ReactNode;
  /** One sentence under the title. */
  description?: ReactNode;
  actions?: ReactNode;
}

let lastPath: string | undefined;

/** Opens every page. After a change of route it takes the focus, so that a screen reader says where one is. */
export function PageHeader({ title, breadcrumbs, badges, description, actions }: PageHeaderProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  // Of the page that is shown: the location is already the next one while its code is on its way.
  const pathname = useMatches({ select: (matches) => matches.at(-1)?.pathname });

  useEffect(() => {
    document.title = `${title} · Rookery`;
  }, [title]);

  useEffect(() => {
    // Not on the first page of a visit: there the browser starts at the top by itself.
    if (lastPath !== undefined && lastPath !== pathname) heading.current?.focus({ preventScroll: true });
    lastPath = pathname;
  }, [pathname]);

  return (
    <header className={classes.header}>
      {breadcrumbs && breadcrumbs.length > 0 && (
        <nav aria-label="Breadcrumbs" className={classes.breadcrumbs}>
          {breadcrumbs.map((crumb, index) => (
            <Fragment key={index}>
              {index > 0 && <span aria-hidden>/</span>}
              {crumb}
            </Fragment>
          ))}
        </nav>
      )}
      <Group justify="space-between" align="flex-start" gap="md" wrap="wrap">
        <div className={classes.words}>
          <Group gap="sm" align="center">
            <Title order={1} ref={heading} tabIndex={-1} className={classes.title}>
              {title}
            </Title>
            {badges}
          </Group>
          {description && (
            <Text c="dimmed" mt={4}>
              {description}
            </Text>
          )}
        </div>
        {actions && <Group gap="xs">{actions}</Group>}
      </Group>
    </header>
  );
}
