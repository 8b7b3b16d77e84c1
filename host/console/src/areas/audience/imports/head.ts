/** The beginning of a file for its preview: a gigabyte need not travel to show ten rows. */
const HEAD_BYTES = 512 * 1024;
const LINE_FEED = 0x0a;

/** A text file up to its last whole line; a workbook whole, for its parts are everywhere in it. */
export async function head(file: File): Promise<Blob> {
  if (file.size <= HEAD_BYTES || /\.xlsx$/i.test(file.name)) return file;
  const bytes = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  const wide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  const last = bytes.lastIndexOf(LINE_FEED);
  // In UTF-16 the byte of a line feed may be half of another letter.
  return wide || last <= 0 ? file.slice(0, HEAD_BYTES) : file.slice(0, last + 1);
}
