import './theme/mantine-more.css';
import { Modal, type ModalProps } from '@mantine/core';
import { useFocusReturn } from './useFocusReturn';

/** A modal dialog, also one that is there only while it is open: the focus goes back to what opened it. */
export function Dialog(props: ModalProps) {
  useFocusReturn();
  return <Modal {...props} />;
}
