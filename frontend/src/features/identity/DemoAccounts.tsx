import { Text, Title, UnstyledButton } from '@mantine/core';
import { useId } from 'react';
import { StatusBadge } from '~/ui/StatusBadge';
import type { StatusValue } from '~/ui/status';
import classes from './SignInPage.module.css';

interface Account {
  login: string;
  password: string;
}

// These exist only on a server that was started as a demo.
const ACCOUNTS: readonly (Account & { level: StatusValue<'level'>; does: string })[] = [
  { login: 'admin', password: 'admin123', level: 'ADMIN', does: 'Approves requests, sees everything' },
  { login: 'tech_agent', password: 'tech123', level: 'TECHNICIAN', does: 'Deploys to the projects granted' },
  { login: 'sales_agent', password: 'sales123', level: 'BILLING', does: 'Files server requests' },
  { login: 'sohila', password: 'sohila123', level: 'TECHNICIAN', does: 'Works on one project, Nova HR' },
];

export default function DemoAccounts({ onChoose }: { onChoose: (account: Account) => void }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className={classes.demo}>
      <Title order={2} id={id} size="h3">
        Demo accounts
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        Choose one to fill the form.
      </Text>
      <ul className={classes.accounts}>
        {ACCOUNTS.map(({ login, password, level, does }) => (
          <li key={login}>
            <UnstyledButton className={classes.account} onClick={() => onChoose({ login, password })}>
              <span className={classes.credentials}>
                <code>
                  {login} / {password}
                </code>
                <span className={classes.does}>{does}</span>
              </span>
              <StatusBadge of="level" value={level} />
            </UnstyledButton>
          </li>
        ))}
      </ul>
    </section>
  );
}
