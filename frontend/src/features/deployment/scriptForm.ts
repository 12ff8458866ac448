import type { Scalar } from '~/gql';
import type { Revision, Script } from './scriptQuery';

export type VariableValues = {
  /** Keeps a row's fields together while rows are added and removed. */
  key: string;
  name: string;
  type: Scalar<'VariableType'>;
  label: string;
  description: string;
  required: boolean;
  default: string;
  choices: string[];
};

export type FileValues = {
  /** Keeps a row's fields together while rows are added and removed. */
  key: string;
  path: string;
  content: string;
};

export type ScriptValues = {
  name: string;
  description: string;
  kind: Scalar<'ScriptKind'>;
  requiresRoot: boolean;
  content: string;
  files: FileValues[];
  variables: VariableValues[];
};

const PLAYBOOK = `---
- name: What this playbook does
  hosts: all
  tasks:
    - name: Say hello
      ansible.builtin.debug:
        msg: "Hello from {{ server_name }}"
`;

const COMMANDS = `echo "Hello from $(hostname)"
`;

export const STARTERS: Record<Scalar<'ScriptKind'>, string> = { ANSIBLE: PLAYBOOK, SSH: COMMANDS };

export const NEW_SCRIPT: ScriptValues = {
  name: '',
  description: '',
  kind: 'ANSIBLE',
  requiresRoot: false,
  content: PLAYBOOK,
  files: [],
  variables: [],
};

let keys = 0;
const nextKey = () => `row-${(keys += 1)}`;

export const newVariable = (): VariableValues => ({
  key: nextKey(),
  name: '',
  type: 'STRING',
  label: '',
  description: '',
  required: false,
  default: '',
  choices: [],
});

export const newFile = (path = '', content = ''): FileValues => ({ key: nextKey(), path, content });

export function valuesOf(script: Script, revision: Revision): ScriptValues {
  return {
    name: script.name,
    description: script.description,
    kind: script.kind,
    requiresRoot: script.requiresRoot,
    content: revision.content ?? '',
    files: (revision.files ?? []).map(({ path, content }) => newFile(path, content)),
    variables: revision.variables.map((variable) => ({
      key: nextKey(),
      name: variable.name,
      type: variable.type,
      label: variable.label ?? '',
      description: variable.description ?? '',
      required: variable.required,
      default: variable.default ?? '',
      choices: [...variable.choices],
    })),
  };
}

/** Where Ansible looks beside a playbook. */
export const FILE_DIRECTORIES = ['files', 'roles', 'tasks', 'templates', 'vars'];
const FILE_PATH = new RegExp(`^(${FILE_DIRECTORIES.join('|')})(/[A-Za-z0-9_][A-Za-z0-9._-]{0,99})+$`);

const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

/** What can be told without the server, by path in the form. */
export function validateScript(values: ScriptValues): Record<string, string> {
  const errors: Record<string, string> = {};
  if (values.name.trim() === '') errors.name = 'Give the script a name.';
  if (values.content.trim() === '') errors.content = 'A script needs content.';
  filesOf(values).forEach(({ path }, index, files) => {
    const at = `files.${index}.path`;
    if (path.length > 200 || !FILE_PATH.test(path)) {
      errors[at] = `Below ${FILE_DIRECTORIES.join(', ')}: letters, digits and ._-, such as roles/web/tasks/main.yml.`;
    } else if (files.slice(0, index).some((other) => other.path === path)) {
      errors[at] = 'This path comes twice.';
    }
  });
  values.variables.forEach((variable, index) => {
    const at = (field: string) => `variables.${index}.${field}`;
    if (!VARIABLE_NAME.test(variable.name)) {
      errors[at('name')] = 'Letters, digits and underscores, not beginning with a digit, at most 64.';
    } else if (values.variables.slice(0, index).some(({ name }) => name === variable.name)) {
      errors[at('name')] = 'This name is declared twice.';
    }
    if (variable.type === 'CHOICE' && variable.choices.length === 0) errors[at('choices')] = 'A choice needs choices.';
  });
  return errors;
}

/** Only a playbook has files beside it. */
const filesOf = ({ kind, files }: ScriptValues) => (kind === 'ANSIBLE' ? files : []);

export const filesInput = (values: ScriptValues) => filesOf(values).map(({ path, content }) => ({ path, content }));

/** The declarations as the server takes them: what does not belong to a type is left out. */
export const variablesInput = (variables: readonly VariableValues[]) =>
  variables.map((variable) => ({
    name: variable.name,
    type: variable.type,
    label: variable.label.trim() || null,
    description: variable.description.trim() || null,
    required: variable.required,
    default: variable.type === 'SECRET' || variable.default === '' ? null : variable.default,
    choices: variable.type === 'CHOICE' ? variable.choices : [],
  }));
