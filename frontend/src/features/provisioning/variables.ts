import type { Scalar } from '~/gql';

/** A variable that a script declares. */
export interface Variable {
  name: string;
  type: Scalar<'VariableType'>;
  label: string | null;
  description: string | null;
  required: boolean;
  default: string | null;
  choices: readonly string[];
}

/** What stands in the form, by name: always text; '' where nothing is given. */
export type VariableValues = Record<string, string>;

/** Whether a secret was given earlier: it is never read back. */
export type SecretState = 'none' | 'given';

const VALUE_MOST_BYTES = 4096;
// Shorter ones could not be told apart from ordinary text when output is redacted.
const SECRET_LEAST_BYTES = 4;
const INTEGER = /^[+-]?\d{1,19}$/;
const I64 = 2n ** 63n;
// Anything that would break the line it stands in, or hide in it.
const CONTROL = /\p{Cc}/u;

export const variableLabel = (variable: Pick<Variable, 'name' | 'label'>) => variable.label || variable.name;

/** Why the server would not take this value; null when it would. Nothing given is never wrong here. */
export function variableError(variable: Variable, value: string): string | null {
  if (value === '') return null;
  switch (variable.type) {
    case 'STRING':
      if (CONTROL.test(value)) return 'One line of text.';
      return tooLong(value);
    case 'SECRET':
      return new TextEncoder().encode(value).length < SECRET_LEAST_BYTES ? 'At least 4 bytes.' : tooLong(value);
    case 'INTEGER': {
      const text = value.trim();
      if (!INTEGER.test(text)) return 'A whole number.';
      const number = BigInt(text.replace(/^\+/, ''));
      return number >= -I64 && number < I64 ? null : 'A whole number.';
    }
    case 'BOOLEAN':
      return value === 'true' || value === 'false' ? null : 'True or false.';
    case 'CHOICE':
      return variable.choices.includes(value) ? null : `One of: ${variable.choices.join(', ')}.`;
  }
}

const tooLong = (value: string) =>
  new TextEncoder().encode(value).length > VALUE_MOST_BYTES ? 'At most 4,096 bytes.' : null;

/** What the form starts with for a script: the values given earlier, without the secrets, which nobody sees again. */
export function initialVariables(declared: readonly Variable[], given: unknown): VariableValues {
  const earlier = isRecord(given) ? given : {};
  return Object.fromEntries(
    declared.map(({ name, type }) => {
      const value = earlier[name];
      const known = type !== 'SECRET' && value !== undefined && value !== null;
      return [name, known ? String(value) : ''];
    }),
  );
}

/** The values as the server takes them. What is empty is left out: the default holds, or the secret given earlier. */
export function variablesInput(declared: readonly Variable[], values: VariableValues): Record<string, string> {
  const given = declared
    .map(({ name, type }) => [name, type === 'INTEGER' ? (values[name] ?? '').trim() : (values[name] ?? '')] as const)
    .filter(([, value]) => value !== '');
  return Object.fromEntries(given);
}

/** Required variables without any value: the plan is not complete before they have one. */
export function missingVariables(
  declared: readonly Variable[],
  values: VariableValues,
  secretState: (name: string) => SecretState = () => 'none',
): Variable[] {
  return declared.filter(
    (variable) =>
      variable.required &&
      !values[variable.name] &&
      variable.default === null &&
      (variable.type !== 'SECRET' || secretState(variable.name) === 'none'),
  );
}

/** The values of a request as its plan would list them. Secrets are not among them. */
export const givenVariables = (given: unknown): { name: string; value: string; secret: boolean }[] =>
  isRecord(given) ? Object.entries(given).map(([name, value]) => ({ name, value: String(value), secret: false })) : [];

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
