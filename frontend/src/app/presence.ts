import { visitor } from '~/api/visitor';
import { ViewerQuery } from './viewer';

const KEY = 'rookery-signed-in';

/** Where the browser keeps nothing, it is known as long as the page is open. */
let noted = false;

/** Notes whether somebody is signed in, for the next time the app is opened: scripts cannot see the session's cookie. */
export function noteSignedIn(isSignedIn: boolean): void {
  noted = isSignedIn;
  try {
    if (isSignedIn) localStorage.setItem(KEY, 'yes');
    else localStorage.removeItem(KEY);
  } catch {
    // The browser keeps nothing for this site.
  }
}

function isNoted(): boolean {
  try {
    return noted || localStorage.getItem(KEY) !== null;
  } catch {
    return noted;
  }
}

/**
 * Whether what is behind sign-in is to be loaded: where somebody was signed in, before the server is asked. It decides
 * in any case, and the gate asks it.
 */
export async function mayBeSignedIn(): Promise<boolean> {
  if (isNoted()) return true;
  const { data } = await visitor.query(ViewerQuery, {}).toPromise();
  return data === undefined || data.viewer.user !== null;
}
