import { Center, Loader } from '@mantine/core';

/** Where it is not known yet who is here. */
export const Waiting = () => (
  <Center h="100vh" role="status" aria-label="Loading">
    <Loader size="sm" />
  </Center>
);
