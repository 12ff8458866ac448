import { Button, Center, Loader, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { Navigate, useRouter, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useQuery } from 'urql';
import { useSession } from '~/api/session';
import { useMutationAction } from '~/api/useMutationAction';
import { Brand } from '~/app/Brand';
import { ColorSchemeMenu } from '~/app/ColorSchemeMenu';
import { safeTarget, type Search } from '~/app/search';
import { ViewerQuery } from '~/app/viewer';
import { graphql } from '~/gql';
import { FormErrors } from '~/ui/FormErrors';
import { DemoAccounts } from './DemoAccounts';
import classes from './SignInPage.module.css';

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

  if (data?.viewer.user && !ended && !pending) return <Navigate to={target} replace />;

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
    reset();
    router.history.push(target);
  }

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
          <form onSubmit={form.onSubmit((values) => void signIn(values))} noValidate>
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
        {data?.viewer.demo && <DemoAccounts onChoose={(account) => form.setValues(account)} />}
        {!data && (
          <Center>
            <Loader size="xs" aria-hidden />
          </Center>
        )}
      </main>
    </div>
  );
}
