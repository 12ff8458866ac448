/** Hands the browser a file to save. */
export function saveFile(name: string, parts: BlobPart[], type: string) {
  const address = URL.createObjectURL(new Blob(parts, { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}

/** The beginning of the names of a deployment's files. */
export function fileNameOf(title: string, createdAt: string): string {
  return `${title.replace(/[^\w.-]+/g, '-').toLowerCase()}-${createdAt.slice(0, 10)}`;
}
