import { formatEnum } from '~/ui/format';

const SENTENCES: Record<string, string> = {
  create: 'filed the request',
  update: 'edited the request',
  cancel: 'cancelled the request',
  approve: 'approved the plan',
  reject: 'rejected the request',
  deploy: 'started a deployment',
  preview: 'looked at a preview',
};

/** An action of the audit trail in words: `server_request.approve` → "approved the plan". */
export function actionSentence(action: string): string {
  const verb = action.split('.').at(-1)!.toLowerCase();
  const known = Object.keys(SENTENCES).find((word) => verb === word || verb.startsWith(`${word}_`));
  return known ? SENTENCES[known]! : formatEnum(action.replaceAll('.', ' ')).toLowerCase();
}
