import type { Scalar } from '~/gql';
import { CPUS, JUSTIFICATION, MEMORY_GB, STORAGE_GB } from './choices';
import { variableError, variablesInput, type Variable, type VariableValues } from './variables';

/** What stands in the form. */
export type RequestValues = {
  projectId: string | null;
  name: string;
  serverType: Scalar<'ServerType'>;
  cpu: number;
  memoryGb: number;
  storageGb: number;
  operatingSystem: string;
  applicationType: string;
  priority: Scalar<'Priority'>;
  expectedUsage: Scalar<'ExpectedUsage'>;
  justification: string;
  scriptId: string | null;
  targetServerId: string | null;
  variables: VariableValues;
};

export const NEW_REQUEST: RequestValues = {
  projectId: null,
  name: '',
  serverType: 'WEB',
  cpu: 2,
  memoryGb: 4,
  storageGb: 50,
  operatingSystem: '',
  applicationType: '',
  priority: 'MEDIUM',
  expectedUsage: 'MEDIUM',
  justification: '',
  scriptId: null,
  targetServerId: null,
  variables: {},
};

/** Characters as the server counts them: code points of the trimmed text. */
export const countCharacters = (text: string) => [...text.trim()].length;

function length(text: string, least: number, most: number): string | null {
  const count = countCharacters(text);
  if (count === 0 && least > 0) return 'This is required.';
  return count >= least && count <= most ? null : `Between ${least} and ${most} characters, please; this has ${count}.`;
}

const among = (allowed: readonly number[], value: number) =>
  allowed.includes(value) ? null : `One of ${allowed.join(', ')}.`;

// It becomes a host name in an inventory.
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

function nameError(name: string): string | null {
  if (name === '') return 'This is required.';
  return NAME.test(name)
    ? null
    : '1 to 63 letters, digits, dots, hyphens and underscores, beginning with a letter or digit.';
}

/** The same checks as the server's, by field; a variable's under `variables.<name>`. */
export function validateRequest(values: RequestValues, declared: readonly Variable[]): Record<string, string> {
  const found: Record<string, string | null> = {
    projectId: values.projectId ? null : 'Choose the project that the server is for.',
    name: nameError(values.name.trim()),
    cpu: among(CPUS, values.cpu),
    memoryGb: among(MEMORY_GB, values.memoryGb),
    storageGb: among(STORAGE_GB, values.storageGb),
    operatingSystem: length(values.operatingSystem, 1, 100),
    applicationType: length(values.applicationType, 0, 100),
    justification: length(values.justification, JUSTIFICATION.least, JUSTIFICATION.most),
  };
  for (const variable of declared) {
    found[`variables.${variable.name}`] = variableError(variable, values.variables[variable.name] ?? '');
  }
  return Object.fromEntries(Object.entries(found).filter((entry): entry is [string, string] => entry[1] !== null));
}

/** The fields that filing and editing share. */
export function requestInput(values: RequestValues, declared: readonly Variable[]) {
  return {
    name: values.name.trim(),
    serverType: values.serverType,
    cpu: values.cpu,
    memoryGb: values.memoryGb,
    storageGb: values.storageGb,
    operatingSystem: values.operatingSystem.trim(),
    applicationType: values.applicationType.trim() || null,
    priority: values.priority,
    expectedUsage: values.expectedUsage,
    justification: values.justification.trim(),
    scriptId: values.scriptId,
    targetServerId: values.targetServerId,
    variables: values.scriptId ? variablesInput(declared, values.variables) : {},
  };
}
