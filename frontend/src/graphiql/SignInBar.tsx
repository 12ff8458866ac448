import '~/ui/theme/mantine-more.css';
import { Badge, Button, PasswordInput, SegmentedControl, Text, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { Brand } from '~/app/Brand';
import { ColorSchemeMenu } from '~/app/ColorSchemeMenu';
import { useConnection } from './connection';
import classes from './page.module.css';

/** Who the page acts as: the session of the app, or a token. */
export function SignInBar() {
  const { person, token, setToken, headerSets, signIn, signOut } = useConnection();
  const [mode, setMode] = useState('session');
  const [error, setError] = useState('');
  const chosen = headerSets.sets.find(({ id }) => id === headerSets.chosen);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const fields = new FormData(form);
    setError(await signIn(String(fields.get('login')), String(fields.get('password'))));
  }

  return (
    <header className={classes.bar}>
      <a href="/" className={classes.home} aria-label="Rookery, the app">
        <Brand size={24} />
      </a>
      <h1 className={classes.title}>GraphiQL</h1>
      <Text size="sm" c="dimmed" role="status">
        {person === undefined ? '' : person ? `Acting as ${person.name}` : 'Not signed in'}
      </Text>
      {chosen && (
        <Badge color="iris" title="These headers go with every operation">
          with {chosen.name}
        </Badge>
      )}
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
            setError('');
            if (value === 'session') setToken('');
          }}
        />
        {mode === 'token' && <TokenForm token={token} onToken={setToken} />}
        {mode === 'session' && person && (
          <Button size="xs" variant="default" onClick={() => void signOut()}>
            Sign out
          </Button>
        )}
        {mode === 'session' && person === null && (
          <form onSubmit={(event) => void submit(event)} className={classes.fields}>
            <TextInput size="xs" className={classes.login} name="login" aria-label="User name or email" placeholder="User name or email" autoComplete="username" required />
            <PasswordInput size="xs" className={classes.password} name="password" aria-label="Password" placeholder="Password" autoComplete="current-password" required />
            <Button size="xs" type="submit">
              Sign in
            </Button>
          </form>
        )}
      </div>
      <div className={classes.scheme}>
        <ColorSchemeMenu />
      </div>
    </header>
  );
}

/** Given as a whole: half a token would be refused. */
function TokenForm({ token, onToken }: { token: string; onToken: (token: string) => void }) {
  const [typed, setTyped] = useState(token);
  const meant = typed.trim().replace(/^bearer\s+/i, '');
  return (
    <form
      className={classes.fields}
      onSubmit={(event) => {
        event.preventDefault();
        onToken(meant);
      }}
    >
      <PasswordInput
        size="xs"
        className={classes.token}
        aria-label="Bearer token"
        placeholder="Bearer token, gone with this page"
        autoComplete="off"
        value={typed}
        onChange={({ currentTarget }) => setTyped(currentTarget.value)}
      />
      <Button size="xs" type="submit" disabled={meant === token}>
        Use token
      </Button>
    </form>
  );
}
