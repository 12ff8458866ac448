import type { GetInputPropsReturnType } from '@mantine/form';
import type { ProjectOption } from './options';
import { SearchSelect } from './SearchSelect';

interface ProjectFieldProps {
  projects: readonly ProjectOption[];
  onSearch?: (words: string) => void;
  fixed: boolean;
  input: GetInputPropsReturnType;
  onChange: (projectId: string | null) => void;
}

export function ProjectField({ projects, onSearch, fixed, input, onChange }: ProjectFieldProps) {
  return (
    <SearchSelect
      {...input}
      value={input.value as string | null}
      onChange={onChange}
      label="Project"
      placeholder="Choose a project"
      required
      disabled={fixed}
      onSearch={onSearch}
      nothingFound="No project of yours is called that"
      options={projects.map(({ id, name, tenant, serverCount, maxServers }) => ({
        value: id,
        label: name,
        hint: `${tenant.name} · ${serverCount} of ${maxServers} servers`,
      }))}
    />
  );
}
