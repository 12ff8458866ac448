import '~/ui/theme/mantine-more.css';
import { ActionIcon, Checkbox } from '@mantine/core';
import {
  isRequiredInputField,
  Kind,
  type ArgumentNode,
  type GraphQLArgument,
  type GraphQLInputField,
  type ObjectFieldNode,
  type ValueNode,
} from 'graphql';
import { Hint } from '~/ui/Hint';
import { useOperation } from './context';
import classes from './explorer.module.css';
import { newValue } from './selection';
import { isNested, ValueInput } from './ValueInput';

type Item = GraphQLArgument | GraphQLInputField;
type ItemNode = ArgumentNode | ObjectFieldNode;

interface ArgumentListProps<Node extends ItemNode> {
  items: readonly Item[];
  nodes: readonly Node[];
  onChange: (nodes: readonly Node[]) => void;
  label: string;
  /** The members of an input, rather than the arguments of a field. */
  isObject?: boolean;
}

/** Arguments, or the members of an input: ticked if they are given, and then with their values. */
export function ArgumentList<Node extends ItemNode>({ items, nodes, onChange, label, isObject }: ArgumentListProps<Node>) {
  const put = (item: Item, value: ValueNode | undefined) => {
    const before = nodes.find((node) => node.name.value === item.name);
    if (!value) return onChange(nodes.filter((node) => node !== before));
    if (before) return onChange(nodes.map((node) => (node === before ? { ...node, value } : node)));
    const kind = isObject ? Kind.OBJECT_FIELD : Kind.ARGUMENT;
    onChange([...nodes, { kind, name: { kind: Kind.NAME, value: item.name }, value } as ItemNode as Node]);
  };
  return (
    <ul className={classes.list} aria-label={label}>
      {items.map((item) => (
        <ArgumentRow
          key={item.name}
          item={item}
          value={nodes.find((node) => node.name.value === item.name)?.value}
          onChange={(value) => put(item, value)}
        />
      ))}
    </ul>
  );
}

interface ArgumentRowProps {
  item: Item;
  value: ValueNode | undefined;
  onChange: (value: ValueNode | undefined) => void;
}

function ArgumentRow({ item, value, onChange }: ArgumentRowProps) {
  const { makeVariable } = useOperation();
  const isVariable = value?.kind === Kind.VARIABLE;
  const isRequired = isRequiredInputField(item as GraphQLInputField);
  return (
    <li>
      <div className={classes.argument}>
        <Checkbox
          size="xs"
          data-row
          checked={value !== undefined}
          onChange={() => onChange(value ? undefined : newValue(item.type))}
          label={
            <span title={item.description ?? undefined}>
              <span className={classes.argumentName}>
                {item.name}
                {isRequired && <span className={classes.required}> required</span>}
              </span>{' '}
              {!value && <span className={classes.type}>{String(item.type)}</span>}
            </span>
          }
        />
        {value && (
          <span className={classes.given}>
            {isVariable ? (
              <code className={classes.variable}>${value.name.value}</code>
            ) : (
              !isNested(item.type) && <ValueInput type={item.type} name={item.name} value={value} onChange={onChange} />
            )}
            <Hint label={isVariable ? 'Write the value here' : 'Make it a variable'}>
              <ActionIcon
                size="sm"
                className={classes.toVariable}
                variant={isVariable ? 'light' : 'subtle'}
                color={isVariable ? 'iris' : 'gray'}
                aria-label={`${item.name} as a variable`}
                aria-pressed={isVariable}
                onClick={() =>
                  onChange(
                    isVariable
                      ? newValue(item.type)
                      : { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: makeVariable(item.name, value) } },
                  )
                }
              >
                $
              </ActionIcon>
            </Hint>
          </span>
        )}
      </div>
      {value && !isVariable && isNested(item.type) && (
        <ValueInput type={item.type} name={item.name} value={value} onChange={onChange} />
      )}
    </li>
  );
}
