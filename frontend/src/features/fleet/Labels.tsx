import { Badge, Group } from '@mantine/core';

/** A server's labels. */
export function Labels({ labels }: { labels: readonly string[] }) {
  if (labels.length === 0) return '–';
  return (
    <Group gap={4}>
      {labels.map((label) => (
        <Badge key={label} color="gray" tt="none" fw={500}>
          {label}
        </Badge>
      ))}
    </Group>
  );
}
