import { IconArrowsShuffle } from '@tabler/icons-react';
import { Hint } from '~/ui';
import classes from './FlakyBadge.module.css';

const WHY =
  'Among its last 10 runs that succeeded, failed or did not reach it, one revision of a script changed at least twice between success and failure.';

/** Says that success and failure take turns on a server, and by which rule. */
export function FlakyBadge() {
  return (
    <Hint label={WHY}>
      {/* What explains itself when it is pointed at explains itself to the keyboard as well. */}
      <button type="button" className={classes.badge}>
        <IconArrowsShuffle size={14} stroke={2} aria-hidden />
        Flaky
      </button>
    </Hint>
  );
}
