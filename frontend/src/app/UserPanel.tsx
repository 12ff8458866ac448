import { Menu, Text } from '@mantine/core';
import { IconApi, IconBell, IconKey, IconLogout } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import { useSession } from '~/api/session';
import { useMutationAction } from '~/api/useMutationAction';
import { graphql } from '~/gql';
import { MenuPanel, type MenuPanelProps } from '~/ui/MenuPanel';
import { StatusBadge } from '~/ui/StatusBadge';
import { noteSignedIn } from './presence';
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

export default function UserPanel(props: MenuPanelProps) {
  const viewer = useViewer();
  const { reset } = useSession();
  const navigate = useNavigate();
  const { run } = useMutationAction(SignOut, (data) => data.signOut);

  async function signOut() {
    const payload = await run({});
    if (!payload) return;
    noteSignedIn(false);
    reset();
    await navigate({ to: '/sign-in' });
  }

  return (
    <MenuPanel {...props} width={240}>
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
        renderRoot={(root) => <Link to="/notifications" {...root} />}
      >
        Notifications
      </Menu.Item>
      <Menu.Item
        leftSection={<IconKey size={16} stroke={1.7} />}
        renderRoot={(root) => <Link to="/access-tokens" {...root} />}
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
    </MenuPanel>
  );
}
