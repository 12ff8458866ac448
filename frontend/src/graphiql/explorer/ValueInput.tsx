import '~/ui/theme/mantine-more.css';
import { Checkbox, Group, NativeSelect, TextInput } from '@mantine/core';
import {
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  Kind,
  parseValue,
  print,
  type EnumValueNode,
  type GraphQLEnumType,
  type GraphQLInputType,
  type ValueNode,
} from 'graphql';
import { useState } from 'react';
import { ArgumentList } from './ArgumentList';
import classes from './explorer.module.css';

interface ValueInputProps {
  type: GraphQLInputType;
  /** Of the argument, by which the input is known. */
  name: string;
  value: ValueNode;
  onChange: (value: ValueNode) => void;
}

/** Whether its input takes lines of its own. */
export function isNested(type: GraphQLInputType): boolean {
  const nullable = getNullableType(type);
  return isInputObjectType(nullable) || enumOfList(nullable) !== null;
}

/** How a value of a type is given. */
export function ValueInput({ type, name, value, onChange }: ValueInputProps) {
  const nullable = getNullableType(type);
  const choices = enumOfList(nullable);
  if (choices) return <EnumList choices={choices} name={name} value={value} onChange={onChange} />;
  if (isInputObjectType(nullable) && value.kind === Kind.OBJECT) {
    return (
      <ArgumentList
        isObject
        label={`Members of ${name}`}
        items={Object.values(nullable.getFields())}
        nodes={value.fields}
        onChange={(fields) => onChange({ ...value, fields })}
      />
    );
  }
  if (isEnumType(nullable)) {
    return (
      <NativeSelect
        size="xs"
        className={classes.input}
        aria-label={`Value of ${name}`}
        data={nullable.getValues().map((choice) => choice.name)}
        value={value.kind === Kind.ENUM ? value.value : ''}
        onChange={({ currentTarget }) => onChange({ kind: Kind.ENUM, value: currentTarget.value })}
      />
    );
  }
  if (String(nullable) === 'Boolean') {
    return (
      <NativeSelect
        size="xs"
        className={classes.input}
        aria-label={`Value of ${name}`}
        data={['true', 'false']}
        value={value.kind === Kind.BOOLEAN ? String(value.value) : 'true'}
        onChange={({ currentTarget }) => onChange({ kind: Kind.BOOLEAN, value: currentTarget.value === 'true' })}
      />
    );
  }
  return <TextValue type={String(nullable)} name={name} value={value} onChange={onChange} />;
}

/** The enum of a list of enums, whose values are ticked. */
function enumOfList(type: GraphQLInputType): GraphQLEnumType | null {
  const item = isListType(type) ? getNullableType(type.ofType as GraphQLInputType) : null;
  return isEnumType(item) ? item : null;
}

function EnumList({ choices, name, value, onChange }: Omit<ValueInputProps, 'type'> & { choices: GraphQLEnumType }) {
  const given = value.kind === Kind.LIST ? value.values : [value];
  const names = given.flatMap((item) => (item.kind === Kind.ENUM ? [item.value] : []));
  return (
    <Group gap="4px 12px" className={classes.choices} role="group" aria-label={`Values of ${name}`}>
      {choices.getValues().map((choice) => (
        <Checkbox
          key={choice.name}
          size="xs"
          data-row
          label={<span className={classes.type}>{choice.name}</span>}
          checked={names.includes(choice.name)}
          onChange={({ currentTarget }) => {
            const next = choices
              .getValues()
              .map((other) => other.name)
              .filter((other) => (other === choice.name ? currentTarget.checked : names.includes(other)));
            onChange({ kind: Kind.LIST, values: next.map((other): EnumValueNode => ({ kind: Kind.ENUM, value: other })) });
          }}
        />
      ))}
    </Group>
  );
}

/** What is typed, kept as typed while it is no value yet. */
function TextValue({ type, name, value, onChange }: Omit<ValueInputProps, 'type'> & { type: string }) {
  const written = textOf(value, type);
  const [draft, setDraft] = useState<string | null>(null);
  return (
    <TextInput
      size="xs"
      className={classes.input}
      aria-label={`Value of ${name}`}
      placeholder={type}
      autoComplete="off"
      spellCheck={false}
      error={draft !== null}
      value={draft ?? written}
      onChange={({ currentTarget }) => {
        const next = valueOf(currentTarget.value, type);
        setDraft(next ? null : currentTarget.value);
        if (next) onChange(next);
      }}
      onBlur={() => setDraft(null)}
    />
  );
}

const isText = (type: string) => type === 'String' || type === 'ID' || type === 'DateTime' || type === 'Date';

function textOf(value: ValueNode, type: string): string {
  return isText(type) && value.kind === Kind.STRING ? value.value : print(value);
}

/** The value that a text stands for; nothing if it stands for none. Exported for its test. */
export function valueOf(text: string, type: string): ValueNode | null {
  if (isText(type)) return { kind: Kind.STRING, value: text };
  if (type === 'Int') return /^-?(0|[1-9]\d*)$/.test(text) ? { kind: Kind.INT, value: text } : null;
  if (type === 'Float') return /^-?(0|[1-9]\d*)(\.\d+)?$/.test(text) ? { kind: Kind.FLOAT, value: text } : null;
  try {
    return parseValue(text, { noLocation: true });
  } catch {
    return null;
  }
}
