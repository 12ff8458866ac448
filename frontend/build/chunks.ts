interface Group {
  name: string;
  test: RegExp;
  priority: number;
}

/**
 * What is loaded together is one file each: many small ones compress badly, and every page would wait for dozens of
 * them. A group takes what its modules import with it, unless an earlier one has it; the rest is divided as pages use it.
 */
export const CHUNKS: readonly Group[] = [
  // The theme and the simplest controls: everywhere, also on GraphiQL's page.
  group(
    'base',
    /src\/ui\/theme\/UiProvider\.tsx/,
    /src\/gql\/index\.ts/,
    /src\/api\/(clientName|trustedDocuments)\.ts/,
    mantine('ActionIcon', 'Badge', 'Button', 'Center', 'Group', 'Loader', 'Skeleton', 'Stack', 'Text', 'Title', 'UnstyledButton', 'VisuallyHidden'),
    /@mantine\/core\/esm\/core\//,
    /@mantine\/hooks\/esm\/(use-id|use-uncontrolled)\//,
    /@tabler\/icons-react\/dist\/esm\/icons\/(IconAlertTriangle|IconInfoCircle|IconPencil)\./,
    /src\/app\/(Brand|ColorSchemeMenu)\.tsx/,
    /src\/ui\/Hint\.tsx/,
  ),
  // Routes, and how to ask the server: every page of the app.
  group('app', /@tanstack\/react-router\//, /src\/app\/router\.ts/, /src\/api\/(session|useMutationAction)\.tsx?/),
  // The sign-in page, and every form.
  group('form', mantine('Alert', 'PasswordInput', 'TextInput'), /@mantine\/form\//, /src\/ui\/FormErrors\.tsx/),
  // What a status is called and looks like: behind sign-in, and on the sign-in page of a demo.
  group('status', /src\/ui\/StatusBadge\.tsx/),
  // What is around every page behind sign-in, and the dashboards, which are the first of these pages.
  group(
    'shell',
    /src\/app\/(NotificationBell|SideNavigation|UserMenu|ViewerGate)\.tsx/,
    /src\/api\/SessionClient\.tsx/,
    /src\/features\/dashboards\/(parts|useDashboard)\.tsx?/,
    /src\/ui\/(ButtonLink|PageHeader)\.tsx/,
    mantine('Burger'),
    /@mantine\/hooks\/esm\/use-disclosure\//,
  ),
].map((made, index, all) => ({ ...made, priority: all.length - index }));

function group(name: string, ...tests: RegExp[]) {
  return { name, test: new RegExp(tests.map(({ source }) => source).join('|')) };
}

function mantine(...components: string[]) {
  return new RegExp(`@mantine/core/esm/components/(${components.join('|')})/`);
}
