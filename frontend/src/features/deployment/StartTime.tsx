import '~/ui/theme/mantine-more.css';
import { Checkbox, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { formatDateTime, formatRelative } from '~/ui';
import { localTime, waitsUntil, type Opening, type Start } from './start';

interface StartTimeProps {
  value: Start;
  onChange: (value: Start) => void;
  error?: string | null;
  /** The project's maintenance window that is open, or the next; null where it has none. */
  opening: Opening | null;
  /** Whether the viewer may go around the windows. */
  mayGoAround: boolean;
}

const HOUR = 3_600_000;

/** Now or later, and whether within the maintenance windows. */
export function StartTime({ value, onChange, error, opening, mayGoAround }: StartTimeProps) {
  const now = Date.now();
  const isClosed = opening !== null && new Date(opening.opensAt).getTime() > now;
  const until = waitsUntil(value, opening, now);
  return (
    <Stack gap="xs">
      <SegmentedControl
        aria-label="When it begins"
        data={[
          { value: 'now', label: isClosed ? 'In the next window' : 'Now' },
          { value: 'later', label: 'Later' },
        ]}
        value={value.isLater ? 'later' : 'now'}
        onChange={(chosen) =>
          onChange({
            ...value,
            isLater: chosen === 'later',
            at: value.at || localTime(new Date(Math.ceil((now + HOUR) / HOUR) * HOUR)),
          })
        }
      />
      {value.isLater && (
        <TextInput
          type="datetime-local"
          label="Begins at"
          description={`By your clock, ${Intl.DateTimeFormat().resolvedOptions().timeZone}`}
          required
          value={value.at}
          error={error}
          onChange={({ currentTarget }) => onChange({ ...value, at: currentTarget.value })}
        />
      )}
      {opening && mayGoAround && (isClosed || value.isLater) && (
        <Checkbox
          label="Do not wait for a maintenance window"
          checked={value.outsideWindows}
          onChange={({ currentTarget }) => onChange({ ...value, outsideWindows: currentTarget.checked })}
        />
      )}
      {until && (
        <Text size="sm" c="dimmed">
          It begins on {formatDateTime(until)}, {formatRelative(until, now)}, at the earliest
          {opening && !value.outsideWindows ? ', in a maintenance window of the project' : ''}. You must still be
          allowed to run it then.
        </Text>
      )}
    </Stack>
  );
}
