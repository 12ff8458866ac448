import { Link } from '@tanstack/react-router';
import { statusLook } from '~/ui';
import { runInWords } from './runFigures';
import type { ServerRun } from './serverRunsQuery';
import classes from './RunStrip.module.css';

/** The last runs of a server, from left to right: each a link to its deployment, with its outcome as colour, sign and words. */
export function RunStrip({ runs }: { runs: readonly ServerRun[] }) {
  return (
    <ol className={classes.strip} aria-label="Last runs, oldest first">
      {runs.toReversed().map((run) => {
        const { tone, icon: Icon } = statusLook('host', run.outcome);
        const words = runInWords(run);
        return (
          <li key={run.id}>
            <Link to="/deployments/$id" params={{ id: run.deployment.id }} className={classes.run} data-tone={tone} aria-label={words} title={words}>
              <Icon size={14} stroke={2} aria-hidden />
            </Link>
          </li>
        );
      })}
    </ol>
  );
}
