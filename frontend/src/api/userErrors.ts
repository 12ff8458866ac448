/** What a person can get wrong, as the server answers it beside the object. */
export interface UserError {
  code: string;
  field: readonly string[] | null;
  message: string;
}

export interface SortedErrors {
  /** First message for each field of the form. */
  fields: Record<string, string>;
  /** What belongs to no field the form shows. */
  general: string[];
}

/** Sorts errors by form field: `["input", "name"]` and `["name"]` both mean `name`. */
export function sortUserErrors(errors: readonly UserError[], known: readonly string[]): SortedErrors {
  const sorted: SortedErrors = { fields: {}, general: [] };
  for (const error of errors) {
    const path = (error.field ?? []).filter((part, index) => !(index === 0 && part === 'input'));
    const full = path.join('.');
    const field = known.includes(full) ? full : path[0];
    if (field !== undefined && known.includes(field)) sorted.fields[field] ??= error.message;
    else sorted.general.push(error.message);
  }
  return sorted;
}
