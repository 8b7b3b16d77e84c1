/** Rows as CSV that spreadsheets open as meant: a BOM for Chinese, and no cell that runs as a formula. */
export type Cell = string | number | boolean | null | undefined;

export function csv(head: string[], rows: Cell[][]): string {
  return `\uFEFF${[head, ...rows].map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}

function cell(value: Cell): string {
  if (value === null || value === undefined) return "";
  if (typeof value !== "string") return String(value);
  // A stranger's text that begins like a formula would be run by the spreadsheet.
  const harmless = /^[=+\-@\t\r]/.test(value) && !/^[+-]?\d[\d.]*$/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replace(/"/g, '""')}"` : harmless;
}

/** Hand a text over as a file. */
export function download(name: string, text: string, type = "text/csv;charset=utf-8") {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Let the browser fetch a file that the host writes: nothing of it passes through the page. */
export function fetchFile(at: string) {
  const link = document.createElement("a");
  link.href = at;
  link.download = "";
  link.click();
}
