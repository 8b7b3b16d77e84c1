/** The few elements that the rich text editor writes; anything else is edited as what it is. */
const PLAIN = new Set(["B", "STRONG", "I", "EM", "U", "BR", "P", "DIV", "A", "UL", "OL", "LI"]);

/** The text as nodes, or nothing where it holds more than the editor knows. */
export function simple(html: string): Node[] | undefined {
  // A condition could stand anywhere, and a style would be refused by our own policy.
  if (html.includes("{%") || /<[^>]*\s(style|on\w+)\s*=/i.test(html)) return undefined;
  const { body } = new DOMParser().parseFromString(html, "text/html");
  for (const one of body.querySelectorAll("*")) {
    const attributes = one.getAttributeNames();
    if (!PLAIN.has(one.tagName) || attributes.some((name) => one.tagName !== "A" || name !== "href")) return undefined;
  }
  return [...body.childNodes].map((node) => document.importNode(node, true));
}

/** The words of a text without its markup, for a line about it. */
export function wordsOf(html: string): string {
  return html.replace(/<[^>]*>/g, " ").replace(/&nbsp;/g, " ").replace(/\s+/g, " ").trim();
}
