import { Stack, Text } from '@mantine/core';
import { IconFeather } from '@tabler/icons-react';
import type { ComponentType, ReactNode } from 'react';
import classes from './EmptyState.module.css';

interface EmptyStateProps {
  title: string;
  /** One sentence: why there is nothing, or what to do. */
  children?: ReactNode;
  icon?: ComponentType<{ size?: number | string; stroke?: number | string }>;
  action?: ReactNode;
}

export function EmptyState({ title, children, icon: Icon = IconFeather, action }: EmptyStateProps) {
  return (
    <Stack align="center" gap={6} className={classes.empty}>
      <span className={classes.icon} aria-hidden>
        <Icon size={22} stroke={1.6} />
      </span>
      <Text fw={600}>{title}</Text>
      {children && (
        <Text c="dimmed" ta="center" maw={420}>
          {children}
        </Text>
      )}
      {action && <div className={classes.action}>{action}</div>}
    </Stack>
  );
}
