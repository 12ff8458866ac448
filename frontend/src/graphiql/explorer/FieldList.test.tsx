import { screen, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { buildSchema, print, type FieldNode, type SelectionNode } from 'graphql';
import { useState } from 'react';
import { expect, it, vi } from 'vitest';
import { renderUi } from '~/test/render';
import { OperationContext } from './context';
import { FieldRow } from './FieldList';
import { moveFocus } from './keyboard';
import { replaced, selected, selectionSet } from './selection';

const schema = buildSchema(`
  enum Color { RED GREEN }
  input Where { search: String, color: [Color!], size: Int! }
  interface Node { id: ID! }
  type Thing implements Node { id: ID! name: String! weight(unit: Color! = RED): Float }
  type Things { nodes: [Thing!]! totalCount: Int! }
  type Query {
    "All the things."
    things(first: Int, where: Where): Things!
    node(id: ID!): Node
    old: Int @deprecated(reason: "Use new.")
  }
`);

// A machine with much else to do takes its time.
vi.setConfig({ testTimeout: 30_000 });

const user = userEvent.setup({ delay: null, pointerEventsCheck: 0 });

let written = '';

function Tree() {
  const [selections, setSelections] = useState<readonly SelectionNode[]>([]);
  written = print(selectionSet(selections));
  const fields = Object.values(schema.getQueryType()!.getFields());
  return (
    <OperationContext value={{ schema, makeVariable: (name) => `${name}Variable` }}>
      <ul onKeyDown={moveFocus}>
        {fields.map((field) => (
          <FieldRow
            key={field.name}
            field={field}
            isRoot
            node={selected(selections, field.name)}
            onChange={(before?: FieldNode, after?: FieldNode) => setSelections(replaced(selections, before, after))}
          />
        ))}
      </ul>
    </OperationContext>
  );
}

const tick = (name: RegExp, index = 0) => user.click(screen.getAllByLabelText(name)[index]!);
const flat = () => written.replace(/\s+/g, ' ');

it('builds a selection by ticking', async () => {
  renderUi(<Tree />);
  expect(screen.getByText('All the things.')).toBeVisible();
  expect(screen.getByText('Deprecated: Use new.')).toBeVisible();
  await tick(/^things/);
  expect(flat()).toBe('{ things { nodes { id name } } }');
  await tick(/^totalCount/);
  await tick(/^weight/);
  await tick(/^id ID/);
  expect(flat()).toBe('{ things { nodes { name weight } totalCount } }');
  await tick(/^things/);
  expect(flat()).toBe('');
});

it('takes arguments of every kind', async () => {
  renderUi(<Tree />);
  await tick(/^things/);
  await tick(/^first/);
  const first = screen.getByLabelText('Value of first');
  await user.clear(first);
  await user.type(first, '25');
  await tick(/^where/);
  await tick(/^search/);
  await user.type(screen.getByLabelText('Value of search'), 'a "b"');
  await tick(/^color/);
  await user.click(within(screen.getByLabelText('Values of color')).getByLabelText('GREEN'));
  expect(flat()).toContain(String.raw`things(first: 25, where: {size: 10, search: "a \"b\"", color: [GREEN]})`);
  await tick(/^weight/);
  await tick(/^unit/);
  await user.selectOptions(screen.getByLabelText('Value of unit'), 'GREEN');
  expect(flat()).toContain('weight(unit: GREEN)');
});

it('keeps what is no number to itself until it is one', async () => {
  renderUi(<Tree />);
  await tick(/^things/);
  await tick(/^first/);
  const first = screen.getByLabelText('Value of first');
  await user.clear(first);
  await user.type(first, '-');
  expect(first).toBeInvalid();
  expect(flat()).toContain('first: 10');
  await user.type(first, '5');
  expect(first).toBeValid();
  expect(flat()).toContain('first: -5');
});

it('makes variables, and values again', async () => {
  renderUi(<Tree />);
  await tick(/^node/);
  expect(flat()).toBe('{ node(id: "") { id } }');
  const button = screen.getByLabelText('id as a variable');
  await user.click(button);
  expect(flat()).toBe('{ node(id: $idVariable) { id } }');
  expect(button).toHaveAttribute('aria-pressed', 'true');
  await user.click(button);
  expect(flat()).toBe('{ node(id: "") { id } }');
});

it('asks for what an object may turn out to be', async () => {
  renderUi(<Tree />);
  await tick(/^node/);
  await tick(/^on Thing/);
  await tick(/^name/);
  expect(flat()).toBe('{ node(id: "") { id ... on Thing { __typename name } } }');
});

it('works by keyboard', async () => {
  renderUi(<Tree />);
  await user.tab();
  await user.keyboard(' ');
  expect(flat()).toBe('{ things { nodes { id name } } }');
  await user.keyboard('{ArrowRight}');
  expect(screen.getByLabelText(/^first/)).toHaveFocus();
  await user.keyboard('{ArrowDown}{ArrowDown}');
  expect(screen.getByLabelText(/^nodes/)).toHaveFocus();
  await user.keyboard('{ArrowLeft}');
  expect(screen.getByLabelText(/^things/)).toHaveFocus();
  await user.keyboard('{End}');
  expect(screen.getByLabelText(/^old/)).toHaveFocus();
});
