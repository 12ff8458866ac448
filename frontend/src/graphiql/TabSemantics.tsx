import { useEffect } from 'react';

/**
 * GraphiQL gives its list of operations the roles of tabs and puts a button to close into each, which a tab may not
 * have: assistive technology would hide it. What it is in truth is a list of buttons, so that is what it is made.
 */
export function TabSemantics() {
  useEffect(() => {
    const strip = document.querySelector('.graphiql-tabs');
    if (!strip) return;
    const mend = () => {
      strip.removeAttribute('role');
      for (const item of strip.children) {
        const isCurrent = item.classList.contains('graphiql-tab-active');
        item.removeAttribute('role');
        item.removeAttribute('aria-selected');
        const button = item.querySelector('.graphiql-tab-button');
        if (isCurrent) button?.setAttribute('aria-current', 'true');
        else button?.removeAttribute('aria-current');
      }
    };
    mend();
    const observer = new MutationObserver(mend);
    observer.observe(strip, { childList: true, subtree: true, attributeFilter: ['role', 'aria-selected', 'class'] });
    return () => observer.disconnect();
  }, []);
  return null;
}
