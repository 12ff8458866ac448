import { FILE_DIRECTORIES, newFile, type FileValues } from './scriptForm';

/** What one of the files may have at most: the server takes so much in all. */
const BYTES_MOST = 128 * 1024;

interface Folder {
  files: FileValues[];
  /** The paths of what is no file for a script. */
  left: string[];
}

/**
 * Reads a folder that somebody chose. One that is not among those beside a playbook is a role, unless it holds them, as a
 * project does.
 */
export async function readFolder(chosen: readonly File[]): Promise<Folder> {
  const visible = chosen.filter(({ webkitRelativePath: path }) => !path.split('/').some((part) => part.startsWith('.')));
  const isKnown = (directory: string | undefined) => FILE_DIRECTORIES.includes(directory ?? '');
  const parts = visible.map(({ webkitRelativePath: path }) => path.split('/'));
  const isProject = parts.some(([, second, third]) => second === 'roles' && third !== undefined);
  const folder: Folder = { files: [], left: [] };
  for (const [index, file] of visible.entries()) {
    const [first, ...rest] = parts[index]!;
    const path = (isKnown(first) ? [first, ...rest] : isProject ? rest : ['roles', first, ...rest]).join('/');
    const content = file.size <= BYTES_MOST ? await file.text() : '\0';
    const isText = !content.includes('\0') && !content.includes('\u{fffd}');
    if (isText && isKnown(path.split('/')[0])) folder.files.push(newFile(path, content));
    else folder.left.push(path);
  }
  folder.files.sort((one, other) => one.path.localeCompare(other.path));
  return folder;
}
