import '~/ui/theme/mantine-more.css';
import { TagsInput, type TagsInputProps } from '@mantine/core';
import { useQuery } from 'urql';
import { graphql } from '~/gql';

const LabelsQuery = graphql(`
  query ServerLabels {
    serverLabels
  }
`);

/** A field for labels, which offers those that servers have already. */
export function LabelsInput(props: TagsInputProps) {
  const [{ data }] = useQuery({ query: LabelsQuery });
  return (
    <TagsInput
      label="Labels"
      data={data?.serverLabels ?? []}
      maxTags={20}
      splitChars={[',', ' ']}
      acceptValueOnBlur
      openOnFocus={false}
      spellCheck={false}
      autoCapitalize="none"
      {...props}
    />
  );
}
