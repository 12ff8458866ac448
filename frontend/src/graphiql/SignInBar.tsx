import { Button, PasswordInput, SegmentedControl, Text, TextInput } from '@mantine/core';
import { useCallback, useEffect, useState, type FormEvent } from 'react';
import { Brand } from '~/app/Brand';
import { ColorSchemeMenu } from '~/app/ColorSchemeMenu';
import classes from './main.module.css';
import { post } from './post';

interface SignInBarProps {
  token: string;
  onToken: (token: string) => void;
  /** The cookie session changed. */
  onSession: () => void;
}

/** Who the explorer acts as: the cookie session of the app, or a token. */
export function SignInBar({ token, onToken, onSession }: SignInBarProps) {
  const [name, setName] = useState<string | null>(null);
  const [mode, setMode] = useState('session');
  const [error, setError] = useState('');

  const load = useCallback(async () => {
    const { data } = await post<{ viewer: { user: { name: string } | null } }>('{ viewer { user { name } } }', {}, token);
    setName(data?.viewer.user?.name ?? null);
  }, [token]);

  useEffect(() => void load(), [load]);

  async function signIn(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const { data, errors } = await post<{ signIn: { userErrors: { message: string }[] } }>(
      'mutation ($input: SignInInput!) { signIn(input: $input) { userErrors { message } } }',
      { input: { login: fields.get('login'), password: fields.get('password') } },
    );
    setError(data?.signIn.userErrors[0]?.message ?? errors?.[0]?.message ?? '');
    await load();
    onSession();
  }

  async function signOut() {
    await post('mutation { signOut { signedOut } }', {});
    await load();
    onSession();
  }

  return (
    <header className={classes.bar}>
      <Brand size={24} />
      <Text size="sm" role="status">
        {name ? `Acting as ${name}` : 'Not signed in'}
      </Text>
      {error && (
        <Text size="sm" c="red" role="alert">
          {error}
        </Text>
      )}
      <div className={classes.form}>
        <SegmentedControl
          size="xs"
          aria-label="How to authenticate"
          data={[
            { value: 'session', label: 'Session' },
            { value: 'token', label: 'Token' },
          ]}
          value={mode}
          onChange={(value) => {
            setMode(value);
            if (value === 'session') onToken('');
          }}
        />
        {mode === 'token' && (
          <PasswordInput
            size="xs"
            w={260}
            aria-label="Bearer token"
            placeholder="Bearer token"
            autoComplete="off"
            value={token}
            onChange={({ currentTarget }) => onToken(currentTarget.value.trim())}
          />
        )}
        {mode === 'session' && name && (
          <Button size="xs" variant="default" onClick={() => void signOut()}>
            Sign out
          </Button>
        )}
        {mode === 'session' && !name && (
          <form onSubmit={(event) => void signIn(event)} className={classes.form}>
            <TextInput size="xs" name="login" aria-label="User name or email" placeholder="User name or email" autoComplete="username" required />
            <PasswordInput size="xs" w={140} name="password" aria-label="Password" placeholder="Password" autoComplete="current-password" required />
            <Button size="xs" type="submit">
              Sign in
            </Button>
          </form>
        )}
        <ColorSchemeMenu />
      </div>
    </header>
  );
}
