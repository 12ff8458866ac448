import '~/ui/theme/mantine-more.css';
import { Button, FileButton, Group, Stack, Text, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { IconFolder, IconPlus, IconTrash } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { CodeEdit } from '~/ui/code/CodeEdit';
import { readFolder } from './readFolder';
import classes from './ScriptFiles.module.css';
import { lineOf } from './scriptErrors';
import { newFile, type FileValues, type ScriptValues } from './scriptForm';
import { languageOfFile } from './scriptQuery';

const MOST = 100;

interface FilesEditorProps {
  form: UseFormReturnType<ScriptValues>;
  /** Id of what describes how to leave an editor by keyboard. */
  hint: string;
  onSave: () => void;
}

/** What lies beside a playbook: its roles, its templates, and what its tasks include. */
export function FilesEditor({ form, hint, onSave }: FilesEditorProps) {
  const { files } = form.getValues();
  const [notice, setNotice] = useState('');

  async function add(folder: File[]) {
    const { files: found, left } = await readFolder(folder);
    const named = new Map([...files, ...found].map((file) => [file.path, file]));
    form.setFieldValue('files', [...named.values()]);
    setNotice(left.length > 0 ? `Left out, since they are no text or lie elsewhere: ${left.join(', ')}` : '');
  }

  return (
    <Stack gap="sm">
      {files.length === 0 && (
        <Text size="sm" c="dimmed">
          No files: the playbook is all there is.
        </Text>
      )}
      {files.map((file, index) => (
        <FileRow key={file.key} form={form} file={file} index={index} hint={hint} onSave={onSave} />
      ))}
      {(form.errors.files || notice) && (
        <Text size="sm" c={form.errors.files ? 'red' : 'dimmed'} role="alert">
          {form.errors.files ?? notice}
        </Text>
      )}
      <Group gap="xs">
        <Button
          variant="default"
          leftSection={<IconPlus size={16} aria-hidden />}
          disabled={files.length >= MOST}
          onClick={() => form.insertListItem('files', newFile())}
        >
          Add a file
        </Button>
        <FileButton multiple inputProps={{ webkitdirectory: '' } as never} onChange={(folder) => void add(folder)}>
          {(props) => (
            <Button {...props} variant="default" leftSection={<IconFolder size={16} aria-hidden />}>
              Add a folder
            </Button>
          )}
        </FileButton>
      </Group>
    </Stack>
  );
}

interface FileRowProps extends FilesEditorProps {
  file: FileValues;
  index: number;
}

function FileRow({ form, file, index, hint, onSave }: FileRowProps) {
  const path = form.getInputProps(`files.${index}.path`);
  const wrong = form.errors[`files.${index}.content`];
  const message = typeof wrong === 'string' ? wrong : '';
  const line = lineOf(message);
  const name = file.path || `File ${index + 1}`;
  const [opened, setOpened] = useState(file.path === '');
  const isWrong = Boolean(path.error || wrong);
  useEffect(() => {
    if (isWrong) setOpened(true);
  }, [isWrong]);
  return (
    <details
      className={isWrong ? `${classes.file} ${classes.wrong}` : classes.file}
      open={opened}
      onToggle={(event) => setOpened(event.currentTarget.open)}
    >
      <summary>
        <code>{name}</code>
      </summary>
      <Stack gap="sm" className={classes.body}>
        <Group align="flex-start" gap="sm">
          <TextInput
            label="Path"
            required
            flex="1 1 240px"
            placeholder="roles/web/tasks/main.yml"
            spellCheck={false}
            autoCapitalize="none"
            {...path}
          />
          <Button
            variant="default"
            leftSection={<IconTrash size={16} aria-hidden />}
            aria-label={`Remove ${name}`}
            className={classes.remove}
            onClick={() => form.removeListItem('files', index)}
          >
            Remove
          </Button>
        </Group>
        {message && (
          <Text size="sm" c="red" role="alert">
            {message}
          </Text>
        )}
        {opened && (
          <CodeEdit
            value={file.content}
            language={languageOfFile(file.path)}
            label={`Content of ${name}`}
            describedBy={hint}
            invalid={message !== ''}
            errors={line === null ? [] : [{ line, message }]}
            onChange={(content) => form.setFieldValue(`files.${index}.content`, content)}
            onSave={onSave}
          />
        )}
      </Stack>
    </details>
  );
}
