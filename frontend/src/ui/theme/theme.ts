import { createTheme } from '@mantine/core';
import type {
  ActionIconProps,
  AlertProps,
  BadgeProps,
  ButtonProps,
  CardProps,
  CSSVariablesResolver,
  DrawerProps,
  MenuProps,
  ModalProps,
  NotificationProps,
  PaginationProps,
  PaperProps,
  PasswordInputProps,
  PortalProps,
  SelectProps,
  SkeletonProps,
  TabsProps,
  TextInputProps,
  TooltipProps,
} from '@mantine/core';
import { blue, dark, green, ink, iris, orange, red, teal, yellow } from './colors';

const palette = { iris, green, red, yellow, orange, blue, teal, gray: ink } as const;

const defaults = <Props>(defaultProps: Partial<Props>) => ({ defaultProps });

export const theme = createTheme({
  primaryColor: 'iris',
  primaryShade: { light: 7, dark: 7 },
  colors: { ...palette, dark },
  white: '#ffffff',
  black: '#14151f',
  fontFamily: "'Geist Variable', system-ui, -apple-system, 'Segoe UI', sans-serif",
  fontFamilyMonospace: "'Geist Mono Variable', ui-monospace, 'SF Mono', Menlo, monospace",
  fontSmoothing: true,
  defaultRadius: 'md',
  radius: { xs: '4px', sm: '6px', md: '8px', lg: '12px', xl: '18px' },
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '1.375rem', lineHeight: '1.3' },
      h2: { fontSize: '1rem', lineHeight: '1.4' },
      h3: { fontSize: '0.875rem', lineHeight: '1.45' },
    },
  },
  shadows: {
    xs: '0 1px 2px rgb(16 17 35 / 0.06)',
    sm: '0 1px 2px rgb(16 17 35 / 0.06), 0 2px 6px rgb(16 17 35 / 0.05)',
    md: '0 4px 16px rgb(16 17 35 / 0.10)',
    lg: '0 12px 32px rgb(16 17 35 / 0.16)',
  },
  cursorType: 'pointer',
  respectReducedMotion: true,
  // By name and with types only: `Modal.extend(…)` would load every component with the first screen.
  components: {
    Button: { ...defaults<ButtonProps>({ size: 'sm' }), styles: { label: { fontWeight: 550 } } },
    ActionIcon: defaults<ActionIconProps>({ variant: 'subtle', color: 'gray' }),
    Badge: {
      ...defaults<BadgeProps>({ variant: 'light', radius: 'sm' }),
      // Never cut short in a narrow column: what it says is all there is to read.
      styles: { root: { textTransform: 'none', minWidth: 'max-content' }, label: { fontWeight: 550 } },
    },
    Card: defaults<CardProps>({ withBorder: true, radius: 'lg', padding: 'md' }),
    Paper: defaults<PaperProps>({ radius: 'lg' }),
    Modal: {
      ...defaults<ModalProps>({ centered: true, radius: 'lg', closeButtonProps: { 'aria-label': 'Close' } }),
      styles: { title: { fontWeight: 600, fontSize: '1rem' } },
    },
    Drawer: defaults<DrawerProps>({ closeButtonProps: { 'aria-label': 'Close' } }),
    Tooltip: defaults<TooltipProps>({ withArrow: true, multiline: true, maw: 320 }),
    // Its placeholder is a child a menu may not have; the first item takes the focus instead.
    Menu: defaults<MenuProps>({ withInitialFocusPlaceholder: false }),
    Notification: defaults<NotificationProps>({ closeButtonProps: { 'aria-label': 'Dismiss' } }),
    // Menus and lists open inside a landmark of the page, which axe asks for.
    Portal: defaults<PortalProps>({ target: '#overlays' }),
    // The arrows have no name of their own in Mantine.
    Pagination: defaults<PaginationProps>({
      getControlProps: (control) => ({
        'aria-label': { first: 'First page', previous: 'Previous page', next: 'Next page', last: 'Last page' }[control],
      }),
      getItemProps: (page) => ({ 'aria-label': `Page ${page}` }),
    }),
    TextInput: defaults<TextInputProps>({ size: 'sm' }),
    PasswordInput: defaults<PasswordInputProps>({
      size: 'sm',
      visibilityToggleButtonProps: { 'aria-label': 'Show or hide what is typed' },
    }),
    Select: defaults<SelectProps>({ size: 'sm', checkIconPosition: 'right' }),
    Alert: defaults<AlertProps>({ variant: 'light', radius: 'md' }),
    Tabs: defaults<TabsProps>({ keepMounted: false }),
    Skeleton: defaults<SkeletonProps>({ radius: 'sm' }),
  },
});

type Variables = Record<`--${string}`, string>;

function perColor(build: (name: string, tuple: readonly string[]) => Variables): Variables {
  return Object.assign({}, ...Object.entries(palette).map(([name, tuple]) => build(name, tuple)));
}

/**
 * Mantine's own light, outline and subtle variants fall under 4.5:1 for half of its colours; these do not.
 * `--rk-*` are the product's semantic colours: style with them rather than with steps of a palette.
 */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    ...perColor((name, c) => ({
      [`--mantine-color-${name}-filled`]: c[7]!,
      [`--mantine-color-${name}-filled-hover`]: c[8]!,
      [`--mantine-color-${name}-light`]: c[1]!,
      [`--mantine-color-${name}-light-hover`]: c[2]!,
      [`--mantine-color-${name}-light-color`]: c[8]!,
      [`--mantine-color-${name}-outline`]: c[7]!,
      [`--mantine-color-${name}-text`]: c[7]!,
    })),
    '--mantine-color-body': '#ffffff',
    '--mantine-color-text': ink[9],
    '--mantine-color-dimmed': '#5b5e72',
    '--mantine-color-placeholder': '#6b6e82',
    '--mantine-color-anchor': iris[7],
    '--mantine-color-error': red[7],
    '--mantine-color-default-border': ink[3],
    '--rk-canvas': '#f7f7fa',
    '--rk-surface': '#ffffff',
    '--rk-surface-raised': '#ffffff',
    '--rk-sunken': '#f1f1f6',
    '--rk-hover': '#f4f4f9',
    '--rk-border': '#e4e4ec',
    '--rk-text': ink[9],
    '--rk-muted': '#5b5e72',
    '--rk-accent': iris[7],
    '--rk-accent-soft': iris[0],
    '--rk-code': '#f4f4f9',
  },
  dark: {
    ...perColor((name, c) => ({
      [`--mantine-color-${name}-filled`]: c[7]!,
      [`--mantine-color-${name}-filled-hover`]: c[6]!,
      [`--mantine-color-${name}-light`]: `color-mix(in srgb, ${c[5]} 18%, transparent)`,
      [`--mantine-color-${name}-light-hover`]: `color-mix(in srgb, ${c[5]} 26%, transparent)`,
      [`--mantine-color-${name}-light-color`]: name === 'gray' ? ink[3] : c[3]!,
      [`--mantine-color-${name}-outline`]: c[3]!,
      [`--mantine-color-${name}-text`]: c[3]!,
    })),
    '--mantine-color-body': '#14161f',
    '--mantine-color-text': dark[0],
    '--mantine-color-dimmed': dark[2],
    '--mantine-color-placeholder': '#9296ab',
    '--mantine-color-anchor': iris[3],
    '--mantine-color-error': red[3],
    '--mantine-color-default': '#1b1d29',
    '--mantine-color-default-hover': '#232636',
    '--mantine-color-default-border': '#363a4e',
    '--rk-canvas': '#0c0d13',
    '--rk-surface': '#13151d',
    '--rk-surface-raised': '#191b26',
    '--rk-sunken': '#0f1017',
    '--rk-hover': '#1a1d28',
    '--rk-border': '#272a39',
    '--rk-text': dark[0],
    '--rk-muted': dark[2],
    '--rk-accent': iris[3],
    '--rk-accent-soft': 'color-mix(in srgb, #766bf3 16%, transparent)',
    '--rk-code': '#0f1017',
  },
});
