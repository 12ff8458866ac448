import { eurosText, parseEuros } from './meter';

export type ProjectValues = { name: string; description: string; maxServers: string; monthlyBudgetCents: string };

/** What the server takes where nothing else is said. */
export const NEW_PROJECT: ProjectValues = { name: '', description: '', maxServers: '15', monthlyBudgetCents: '500' };

export const projectValues = (project: {
  name: string;
  description: string;
  maxServers: number;
  monthlyBudgetCents: number;
}): ProjectValues => ({
  name: project.name,
  description: project.description,
  maxServers: String(project.maxServers),
  monthlyBudgetCents: eurosText(project.monthlyBudgetCents),
});

export const validateProject = {
  name: (name: string) => (name.trim() ? null : 'Give the project a name.'),
  maxServers: (text: string) => (/^\d{1,5}$/.test(text.trim()) ? null : 'A whole number.'),
  monthlyBudgetCents: (text: string) => (parseEuros(text) === null ? 'An amount in euros, such as 500 or 499.90.' : null),
};

export const projectInput = (values: ProjectValues) => ({
  name: values.name.trim(),
  description: values.description.trim(),
  maxServers: Number(values.maxServers),
  monthlyBudgetCents: parseEuros(values.monthlyBudgetCents) ?? 0,
});
