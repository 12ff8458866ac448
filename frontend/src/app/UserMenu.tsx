import { Avatar, Menu, Text, UnstyledButton } from '@mantine/core';
import { IconApi, IconBell, IconKey, IconLogout } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import { useSession } from '~/api/session';
import { useMutationAction } from '~/api/useMutationAction';
import { graphql } from '~/gql';
import { StatusBadge } from '~/ui/StatusBadge';
import { useViewer } from './viewer';

const SignOut = graphql(`
  mutation SignOut {
    signOut {
      signedOut
      userErrors {
        code
        field
        message
      }
    }
  }
`);

function initials(name: string) {
  const words = name.trim().split(/\s+/);
  return (words.length > 1 ? `${words[0]![0]}${words.at(-1)![0]}` : name.slice(0, 2)).toUpperCase();
}

export function UserMenu() {
  const viewer = useViewer();
  const { reset } = useSession();
  const navigate = useNavigate();
  const { run } = useMutationAction(SignOut, (data) => data.signOut);

  async function signOut() {
    const payload = await run({});
    if (!payload) return;
    reset();
    await navigate({ to: '/sign-in' });
  }

  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <UnstyledButton aria-label={`Account of ${viewer.user.name}`} style={{ borderRadius: 999 }}>
          <Avatar size={32} color="iris" variant="light" radius="xl">
            {initials(viewer.user.name)}
          </Avatar>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <div style={{ padding: '8px 12px' }}>
          <Text fw={600}>{viewer.user.name}</Text>
          <Text size="xs" c="dimmed" mb={6}>
            {viewer.user.email ?? viewer.user.username}
          </Text>
          {viewer.level && <StatusBadge of="level" value={viewer.level} />}
        </div>
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconBell size={16} stroke={1.7} />}
          renderRoot={(props) => <Link to="/notifications" {...props} />}
        >
          Notifications
        </Menu.Item>
        <Menu.Item
          leftSection={<IconKey size={16} stroke={1.7} />}
          renderRoot={(props) => <Link to="/access-tokens" {...props} />}
        >
          Access tokens
        </Menu.Item>
        <Menu.Item component="a" href="/graphiql" leftSection={<IconApi size={16} stroke={1.7} />}>
          GraphQL API
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} stroke={1.7} />} onClick={() => void signOut()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
