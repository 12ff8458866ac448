import './theme/mantine-more.css';
import { Tooltip } from '@mantine/core';

interface HintBubbleProps {
  /** Of the words, for what they describe. */
  id: string;
  target: HTMLElement;
  opened: boolean;
  label: string;
  position: 'top' | 'right';
}

export default function HintBubble({ id, label, ...props }: HintBubbleProps) {
  return <Tooltip {...props} label={<span id={id}>{label}</span>} />;
}
