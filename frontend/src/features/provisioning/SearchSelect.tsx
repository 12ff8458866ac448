import '~/ui/theme/mantine-more.css';
import { Select, Text, type ComboboxItem } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import type { ReactNode } from 'react';

export interface Option extends ComboboxItem {
  /** A second line in the list. */
  hint?: string;
}

interface SearchSelectProps {
  label: string;
  description?: ReactNode;
  placeholder: string;
  options: readonly Option[];
  /** Called with the words typed, where the list holds more than was loaded. */
  onSearch?: (words: string) => void;
  value: string | null;
  onChange: (value: string | null) => void;
  onBlur?: () => void;
  error?: ReactNode;
  disabled?: boolean;
  required?: boolean;
  clearable?: boolean;
  nothingFound: string;
  /** Finds the field again to focus it: its path in the form. */
  'data-path'?: string;
}

/** Chooses one thing by name. */
export function SearchSelect({ options, onSearch, nothingFound, required, label, ...props }: SearchSelectProps) {
  const chosen = options.find(({ value }) => value === props.value);
  const search = useDebouncedCallback((words: string) => onSearch?.(words), 250);
  return (
    <Select
      {...props}
      label={label}
      withAsterisk={required}
      aria-required={required}
      data={[...options]}
      searchable
      // An error moves the focus here: the list would cover it.
      openOnFocus={false}
      clearButtonProps={{ 'aria-label': `Clear: ${label}` }}
      nothingFoundMessage={nothingFound}
      // Choosing writes the option's label into the box: that is no search.
      onSearchChange={onSearch ? (words) => search(words === chosen?.label ? '' : words) : undefined}
      renderOption={({ option }) => (
        <div>
          <Text size="sm">{option.label}</Text>
          {(option as Option).hint && (
            <Text size="xs" c="dimmed">
              {(option as Option).hint}
            </Text>
          )}
        </div>
      )}
    />
  );
}
