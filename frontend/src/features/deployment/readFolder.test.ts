import { expect, it } from 'vitest';
import { readFolder } from './readFolder';

/** As a browser hands them over: jsdom's files cannot be read. */
const chosen = (files: Record<string, string | Uint8Array>) =>
  Object.entries(files).map(([path, content]) => {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    const text = () => Promise.resolve(new TextDecoder().decode(bytes));
    return { webkitRelativePath: path, size: bytes.length, text } as File;
  });
const read = async (files: Parameters<typeof chosen>[0]) => {
  const { files: found, left } = await readFolder(chosen(files));
  return { found: found.map(({ path, content }) => [path, content]), left };
};

it('takes a folder for a role', async () => {
  expect(await read({ 'nginx/tasks/main.yml': '- debug:', 'nginx/.git/config': 'x' })).toEqual({
    found: [['roles/nginx/tasks/main.yml', '- debug:']],
    left: [],
  });
});

it('takes what lies beside a playbook as it lies', async () => {
  expect(await read({ 'roles/a/tasks/main.yml': 'a' })).toEqual({ found: [['roles/a/tasks/main.yml', 'a']], left: [] });
  expect(await read({ 'site/roles/a/tasks/main.yml': 'a', 'site/templates/x.j2': 'x', 'site/site.yml': 'y' })).toEqual({
    found: [
      ['roles/a/tasks/main.yml', 'a'],
      ['templates/x.j2', 'x'],
    ],
    left: ['site.yml'],
  });
});

it('leaves out what is no text', async () => {
  const logo = new Uint8Array([0x89, 0x50, 0x00, 0xff]);
  expect(await read({ 'files/logo.png': logo, 'files/note': 'text' })).toEqual({
    found: [['files/note', 'text']],
    left: ['files/logo.png'],
  });
});
