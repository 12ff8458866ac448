/** The demo's people that the tests act as, with the passwords that exist only in a demo. */
export const PEOPLE = {
  admin: { login: 'admin', password: 'admin123' },
  tech_agent: { login: 'tech_agent', password: 'tech123' },
  sales_agent: { login: 'sales_agent', password: 'sales123' },
  sohila: { login: 'sohila', password: 'sohila123' },
  owner: { login: 'admin@acme.example.com', password: 'demo-password' },
} as const;

export type Person = keyof typeof PEOPLE;

export const EVERYBODY = Object.keys(PEOPLE) as Person[];
export const STAFF: readonly Person[] = ['admin', 'tech_agent', 'sales_agent', 'sohila'];
