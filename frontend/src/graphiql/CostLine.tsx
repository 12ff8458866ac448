import { Text } from '@mantine/core';
import { useGraphiQL } from '@graphiql/react';
import { costLine, costOf } from './cost';
import { useEditorText } from './useEditorText';

/** What the answer that is shown has cost. */
export function CostLine() {
  const text = useEditorText(useGraphiQL((state) => state.responseEditor));
  const cost = costOf(text);
  const line = cost ? costLine(cost) : '';
  return line ? (
    <Text size="xs" c="dimmed" px="md" py={6}>
      {line}
    </Text>
  ) : null;
}
