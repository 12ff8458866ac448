import '~/ui/theme/mantine-more.css';
import { Checkbox } from '@mantine/core';
import {
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  isRequiredArgument,
  type FieldNode,
  type GraphQLNamedType,
  type SelectionNode,
} from 'graphql';
import { ArgumentList } from './ArgumentList';
import { useOperation } from './context';
import classes from './explorer.module.css';
import { newField, newFragment, replaced, selected, selectedOn, selectionSet, type Field } from './selection';

interface SelectionListProps {
  type: GraphQLNamedType;
  selections: readonly SelectionNode[];
  onChange: (selections: readonly SelectionNode[]) => void;
  label: string;
}

/** What can be asked for of a type: its fields, and of an abstract one also what it may turn out to be. */
export function SelectionList({ type, selections, onChange, label }: SelectionListProps) {
  const { schema } = useOperation();
  const fields = isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [];
  return (
    <ul className={classes.list} aria-label={label}>
      {fields.map((field) => (
        <FieldRow
          key={field.name}
          field={field}
          node={selected(selections, field.name)}
          onChange={(before, after) => onChange(replaced(selections, before, after))}
        />
      ))}
      {isAbstractType(type) &&
        schema.getPossibleTypes(type).map((possible) => {
          const { name } = possible;
          const node = selectedOn(selections, name);
          return (
            <li key={name}>
              <Checkbox
                size="xs"
                data-row
                checked={node !== undefined}
                label={<span className={classes.on}>on {name}</span>}
                onChange={() => onChange(replaced(selections, node, node ? undefined : newFragment(name)))}
              />
              {node && (
                <SelectionList
                  type={possible}
                  label={`Fields of ${name}`}
                  selections={node.selectionSet.selections}
                  onChange={(next) => onChange(replaced(selections, node, { ...node, selectionSet: selectionSet(next) }))}
                />
              )}
            </li>
          );
        })}
    </ul>
  );
}

interface FieldRowProps {
  field: Field;
  node: FieldNode | undefined;
  onChange: (before: FieldNode | undefined, after: FieldNode | undefined) => void;
  /** Why a search found it. */
  hint?: string | null;
  /** A root field says what it does; the others when pointed at. */
  isRoot?: boolean;
}

/** One field: ticked if it is asked for, and then with its arguments and the fields of its answer. */
export function FieldRow({ field, node, onChange, hint, isRoot }: FieldRowProps) {
  const type = getNamedType(field.type);
  const needs = field.args.filter(isRequiredArgument).map(({ name }) => name);
  const isGone = field.deprecationReason != null;
  return (
    <li>
      <Checkbox
        size="xs"
        data-row
        classNames={{ description: classes.description }}
        checked={node !== undefined}
        onChange={() => onChange(node, node ? undefined : newField(field))}
        label={
          <span title={field.description ?? undefined}>
            <span className={classes.field} data-deprecated={isGone || undefined}>
              {field.name}
            </span>{' '}
            <span className={classes.type}>{String(field.type)}</span>
          </span>
        }
        description={
          isGone
            ? `Deprecated: ${field.deprecationReason}`
            : hint
              ? `Has ${hint}`
              : isRoot && !node
                ? field.description
                : undefined
        }
        aria-description={!isRoot && needs.length > 0 ? `Needs ${needs.join(', ')}` : undefined}
      />
      {node && (
        <>
          {field.args.length > 0 && (
            <ArgumentList
              label={`Arguments of ${field.name}`}
              items={field.args}
              nodes={node.arguments ?? []}
              onChange={(next) => onChange(node, { ...node, arguments: next })}
            />
          )}
          {node.selectionSet && (
            <SelectionList
              type={type}
              label={`Fields of ${field.name}`}
              selections={node.selectionSet.selections}
              onChange={(next) => {
                // An object with nothing asked of it is not asked for.
                onChange(node, next.length > 0 ? { ...node, selectionSet: selectionSet(next) } : undefined);
              }}
            />
          )}
        </>
      )}
    </li>
  );
}
