import { Input } from '@mantine/core';
import { useId, type ReactNode } from 'react';
import classes from './ChoiceRow.module.css';

interface ChoiceRowProps<Value extends string | number> {
  label: string;
  description?: ReactNode;
  options: readonly { value: Value; label: ReactNode }[];
  value: Value;
  onChange: (value: Value) => void;
  error?: ReactNode;
}

/** A few values of which one is chosen: native radio buttons, so that arrow keys work, in a row that wraps. */
export function ChoiceRow<Value extends string | number>(props: ChoiceRowProps<Value>) {
  const id = useId();
  return (
    <fieldset className={classes.group} aria-describedby={props.error ? `${id}-error` : undefined}>
      <legend className={classes.legend}>{props.label}</legend>
      {props.description && <Input.Description mb={6}>{props.description}</Input.Description>}
      <div className={classes.row}>
        {props.options.map(({ value, label }) => (
          <label key={value} className={classes.option}>
            <input
              type="radio"
              className={classes.input}
              name={id}
              value={value}
              checked={value === props.value}
              onChange={() => props.onChange(value)}
            />
            <span className={classes.face}>{label}</span>
          </label>
        ))}
      </div>
      {props.error && (
        <Input.Error id={`${id}-error`} mt={5}>
          {props.error}
        </Input.Error>
      )}
    </fieldset>
  );
}
