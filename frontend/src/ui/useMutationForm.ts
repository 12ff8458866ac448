import { useForm, type UseFormInput } from '@mantine/form';
import { useState, type FormEvent } from 'react';
import type { AnyVariables, TypedDocumentNode } from 'urql';
import { sortUserErrors, type UserError } from '~/api/userErrors';
import { useMutationAction } from '~/api/useMutationAction';

interface Options<Values extends Record<string, unknown>, Data, Variables extends AnyVariables, P> {
  document: TypedDocumentNode<Data, Variables>;
  /** Names the payload: `(data) => data.createTenant`. */
  payload: (data: Data) => P;
  initialValues: Values;
  validate?: UseFormInput<Values>['validate'];
  /** The mutation's variables from the form's values. */
  variables: (values: Values) => Variables;
  /** Called when the server accepted it, that is without user errors. */
  onSuccess: (payload: P) => void;
}

/**
 * A form that runs a mutation. `form.getInputProps('name')` carries the value and the error of a field, be it from
 * `validate` or from the server's `userErrors`; `general` holds the messages that belong to no field (`<FormErrors>`).
 */
export function useMutationForm<
  Values extends Record<string, unknown>,
  Data,
  Variables extends AnyVariables,
  P extends { userErrors: readonly UserError[] },
>(options: Options<Values, Data, Variables, P>) {
  const form = useForm<Values>({
    mode: 'controlled',
    initialValues: options.initialValues,
    validate: options.validate,
    validateInputOnBlur: true,
  });
  const [general, setGeneral] = useState<string[]>([]);
  const { run, pending } = useMutationAction(options.document, options.payload);

  async function send(values: Values) {
    setGeneral([]);
    const payload = await run(options.variables(values));
    if (!payload) return;
    if (payload.userErrors.length === 0) {
      options.onSuccess(payload);
      return;
    }
    const sorted = sortUserErrors(payload.userErrors, Object.keys(options.initialValues));
    form.setErrors(sorted.fields);
    setGeneral(sorted.general);
    focusFirst(form, sorted.fields);
  }

  const submit = form.onSubmit(
    (values) => void send(values),
    (errors) => focusFirst(form, errors),
  ) as (event?: FormEvent<HTMLFormElement>) => void;

  return { form, submit, pending, general };
}

function focusFirst(form: { getInputNode: (path: never) => HTMLElement | null }, errors: object) {
  const [field] = Object.keys(errors);
  if (field) form.getInputNode(field as never)?.focus();
}
