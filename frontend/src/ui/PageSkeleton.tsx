import { Skeleton, Stack, VisuallyHidden } from '@mantine/core';

/** While a page's code or data is on its way. */
export function PageSkeleton() {
  return (
    <Stack gap="md" role="status">
      <VisuallyHidden>Loading…</VisuallyHidden>
      <Skeleton height={26} width={220} />
      <Skeleton height={120} radius="lg" />
      <Skeleton height={260} radius="lg" />
    </Stack>
  );
}
