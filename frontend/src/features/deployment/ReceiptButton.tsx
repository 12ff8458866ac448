import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconCertificate } from '@tabler/icons-react';
import { lazy, Suspense } from 'react';
import { Hint } from '~/ui';
import type { Deployment } from './deploymentQuery';

const load = () => import('./ReceiptDialog');
const ReceiptDialog = lazy(load);

/** Offers the receipt of a deployment that has ended. */
export function ReceiptButton({ deployment, title }: { deployment: Deployment; title: string }) {
  const [opened, dialog] = useDisclosure(false);
  return (
    <>
      <Hint label="A signed record of what was decided and done, that others can check">
        <Button
          variant="default"
          leftSection={<IconCertificate size={16} aria-hidden />}
          onMouseEnter={() => void load()}
          onClick={dialog.open}
        >
          Receipt
        </Button>
      </Hint>
      {opened && (
        <Suspense>
          <ReceiptDialog deployment={deployment} title={title} onClose={dialog.close} />
        </Suspense>
      )}
    </>
  );
}
