import { UnstyledButton } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import type { FieldNode } from 'graphql';
import { useId, useState } from 'react';
import { DOMAINS, type Domain } from '../domains';
import classes from './explorer.module.css';
import { FieldRow } from './FieldList';
import type { Match } from './search';

interface DomainGroupProps {
  domain: Domain;
  matches: readonly Match[];
  node: (name: string) => FieldNode | undefined;
  onChange: (before: FieldNode | undefined, after: FieldNode | undefined) => void;
  /** What a search found is not hidden again. */
  isSearch: boolean;
}

/** The root fields of a domain: open when something of it is asked for. */
export function DomainGroup({ domain, matches, node, onChange, isSearch }: DomainGroupProps) {
  const ticked = matches.filter(({ field }) => node(field.name)).length;
  const [chosen, setChosen] = useState<boolean | null>(null);
  const isOpen = isSearch || (chosen ?? ticked > 0);
  const list = useId();
  return (
    <section>
      <h3 className={classes.domain}>
        <UnstyledButton
          className={classes.domainButton}
          data-row
          aria-expanded={isOpen}
          aria-controls={isOpen ? list : undefined}
          onClick={() => setChosen(!isOpen)}
        >
          <IconChevronRight size={14} stroke={2} aria-hidden className={classes.chevron} />
          {DOMAINS[domain]}
          <span className={classes.count}>{ticked > 0 ? `${ticked} of ${matches.length}` : matches.length}</span>
        </UnstyledButton>
      </h3>
      {isOpen && (
        <ul id={list} className={classes.roots} aria-label={DOMAINS[domain]}>
          {matches.map(({ field, by }) => (
            <FieldRow key={field.name} field={field} node={node(field.name)} onChange={onChange} hint={by} isRoot />
          ))}
        </ul>
      )}
    </section>
  );
}
