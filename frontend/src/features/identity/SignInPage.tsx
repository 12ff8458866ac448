import { Button, Center, Loader, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { Navigate, useRouter, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useQuery } from 'urql';
import { useSession } from '~/api/session';
import { useMutationAction } from '~/api/useMutationAction';
import { Brand } from '~/app/Brand';
import { ColorSchemeMenu } from '~/app/ColorSchemeMenu';
import { noteSignedIn } from '~/app/presence';
import { safeTarget, type Search } from '~/app/search';
import { ViewerQuery } from '~/app/viewer';
import { graphql } from '~/gql';
import { FormErrors } from '~/ui/FormErrors';
import classes from './SignInPage.module.css';

// Only a demo has them.
const DemoAccounts = lazy(() => import('./DemoAccounts'));

const SignIn = graphql(`
  mutation SignIn($input: SignInInput!) {
    signIn(input: $input) {
      user {
        id
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export default function SignInPage() {
  const router = useRouter();
  const search: Search = useSearch({ strict: false });
  // Kept from the start: leaving the page takes `next` out of the address before the page is gone.
  const [target] = useState(() => safeTarget([search.next].flat()[0]));
  const { reset, ended } = useSession();
  const [{ data }] = useQuery({ query: ViewerQuery });
  const { run, pending } = useMutationAction(SignIn, (answer) => answer.signIn);
  const [errors, setErrors] = useState<string[]>([]);
  const form = useForm({
    initialValues: { login: '', password: '' },
    validate: {
      login: (value) => (value.trim() ? null : 'Enter your user name or email address.'),
      password: (value) => (value ? null : 'Enter your password.'),
    },
  });

  useEffect(() => {
    document.title = 'Sign in · Rookery';
  }, []);

  const isSignedIn = !!data?.viewer.user && !ended && !pending;
  useEffect(() => {
    if (isSignedIn) noteSignedIn(true);
  }, [isSignedIn]);

  if (isSignedIn) return <Navigate to={target} replace />;

  async function signIn(input: { login: string; password: string }) {
    setErrors([]);
    const payload = await run({ input: { login: input.login.trim(), password: input.password } });
    if (!payload) return;
    if (payload.userErrors.length > 0) {
      setErrors(payload.userErrors.map(({ message }) => message));
      form.setFieldValue('password', '');
      form.getInputNode('password')?.focus();
      return;
    }
    noteSignedIn(true);
    reset();
    router.history.push(target);
  }

  /** Loads what comes after signing in while the form is filled in. */
  function loadTarget() {
    for (const route of router.getMatchedRoutes(target.split(/[?#]/)[0]!)[0]) {
      // What does not come now is asked for again when it is needed.
      router.loadRouteChunk(route)?.catch(() => undefined);
    }
  }

  const waiting = (
    <Center>
      <Loader size="xs" aria-hidden />
    </Center>
  );
  return (
    <div className={classes.page}>
      <header className={classes.bar}>
        <Brand />
        <ColorSchemeMenu />
      </header>
      <main className={classes.main} id="main">
        <div className={classes.card}>
          <Title order={1} className={classes.title}>
            Sign in
          </Title>
          <Text c="dimmed" mb="lg">
            Request, approve, deploy and watch your servers.
          </Text>
          <form onSubmit={form.onSubmit((values) => void signIn(values))} onFocus={loadTarget} noValidate>
            <Stack gap="md">
              {ended && errors.length === 0 && (
                <Text size="sm" role="status">
                  Your session has ended. Sign in again to go on where you were.
                </Text>
              )}
              <FormErrors messages={errors} />
              <TextInput
                size="md"
                label="User name or email"
                autoComplete="username"
                autoCapitalize="none"
                spellCheck={false}
                {...form.getInputProps('login')}
              />
              <PasswordInput
                size="md"
                label="Password"
                autoComplete="current-password"
                visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the password' }}
                {...form.getInputProps('password')}
              />
              <Button type="submit" size="md" fullWidth loading={pending}>
                Sign in
              </Button>
            </Stack>
          </form>
        </div>
        {!data && waiting}
        {data?.viewer.demo && (
          <Suspense fallback={waiting}>
            <DemoAccounts onChoose={(account) => form.setValues(account)} />
          </Suspense>
        )}
      </main>
    </div>
  );
}
