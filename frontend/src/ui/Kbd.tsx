import './theme/mantine-more.css';
import { Kbd as MantineKbd } from '@mantine/core';

/** Keys as they are pressed together: `<Kbd keys={['Ctrl', 'K']} />`. */
export function Kbd({ keys }: { keys: readonly string[] }) {
  return (
    <span style={{ display: 'inline-flex', gap: 3 }}>
      {keys.map((key) => (
        <MantineKbd key={key} size="xs">
          {key}
        </MantineKbd>
      ))}
    </span>
  );
}
