import type { MantineColorsTuple } from '@mantine/core';

// Each tuple runs from 0 (faint) to 9 (deep). White on step 7 and step 8 on step 1 are at least 4.5:1, and so is
// step 3 on a dark surface: the resolver in `theme.ts` relies on these three pairs.

export const iris: MantineColorsTuple = ['#f1f1ff', '#e4e4ff', '#cdccff', '#b0acff', '#9189fb', '#766bf3', '#6253e6', '#5140cb', '#4235a3', '#2b2370'];
export const ink: MantineColorsTuple = ['#f8f8fb', '#f0f0f5', '#e3e3eb', '#d0d1dc', '#a9abba', '#83869a', '#626579', '#484b5e', '#2e3142', '#1a1c29'];
export const dark: MantineColorsTuple = ['#e7e8f0', '#c3c5d4', '#a0a3b8', '#7d8097', '#4b4e63', '#33364a', '#262938', '#171922', '#11131b', '#0b0c12'];
export const green: MantineColorsTuple = ['#edfbf3', '#d5f5e1', '#aeeac7', '#76d9a4', '#3fc07f', '#1fa365', '#128552', '#0f7046', '#0c5535', '#083a24'];
export const red: MantineColorsTuple = ['#fff1f1', '#ffe1e1', '#ffc9c9', '#ffa3a3', '#f97373', '#ec4b4b', '#d82f33', '#bb2127', '#981c22', '#5f1216'];
export const yellow: MantineColorsTuple = ['#fff9e8', '#fdefc4', '#fbdf8b', '#f7cb55', '#eab02c', '#cb8d13', '#a56d0a', '#885608', '#6d4406', '#472c04'];
export const orange: MantineColorsTuple = ['#fff4ec', '#ffe5d1', '#ffcaa3', '#ffab70', '#f98a3e', '#e46d1b', '#c25410', '#a3440d', '#81370d', '#532307'];
export const blue: MantineColorsTuple = ['#eef6ff', '#d9eaff', '#b6d6ff', '#88bcff', '#549bfb', '#2f7bec', '#1f62cf', '#1b51ab', '#173f85', '#0f2a5a'];
export const teal: MantineColorsTuple = ['#e9fafa', '#cdf2f1', '#9fe4e3', '#66d0d0', '#2fb4b6', '#159699', '#0c777b', '#0b6265', '#0a4c4f', '#063335'];
