import { useMediaQuery } from '@mantine/hooks';

/** Whether a panel lies over the editors rather than beside them, as in `graphiql.css`. */
export const useIsNarrow = () => useMediaQuery('(max-width: 760px)', false, { getInitialValueInEffect: false });
