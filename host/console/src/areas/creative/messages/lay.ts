/** Laying HTML on a sheet that belongs to us and runs nothing. */
export type Look = "light" | "dark";

interface How {
  look: Look;
  pictures: boolean;
  language: string;
}

const SCHEME = /\(\s*prefers-color-scheme\s*:\s*(dark|light)\s*\)/g;
const ALWAYS = "(min-width: 0px)";
const NEVER = "(max-width: 0px)";
/** How many mail programs darken what has no dark styles: all colours turned around, pictures left. */
const TURNED = "html{background:#fff;filter:invert(0.9) hue-rotate(180deg)}img{filter:invert(1) hue-rotate(180deg)}";

/** Lays it, and says whether it has dark styles of its own. */
export function lay(sheet: Document, html: string, { look, pictures, language }: How): boolean {
  // Read by the sheet's own reader: its policy takes the styles that ours refuses.
  const Reader = sheet.defaultView?.DOMParser ?? DOMParser;
  const read = new Reader().parseFromString(html, "text/html");
  for (const picture of pictures ? [] : read.querySelectorAll("img")) picture.removeAttribute("src");
  sheet.documentElement.replaceChildren(...[...read.documentElement.childNodes].map((node) => sheet.importNode(node, true)));
  sheet.documentElement.lang = language;
  sheet.documentElement.dir = read.documentElement.dir;
  sheet.onclick = (event) => event.preventDefault();
  const own = [...sheet.styleSheets].map((styles) => schemed(styles.cssRules, look)).some(Boolean);
  sheet.documentElement.style.colorScheme = own ? look : "light";
  if (look === "dark" && !own) {
    const turned = sheet.createElement("style");
    turned.textContent = TURNED;
    sheet.head.append(turned);
  }
  return own;
}

/** What asks for dark or light gets the chosen look instead of the machine's. */
function schemed(rules: CSSRuleList, look: Look): boolean {
  let found = false;
  for (const rule of rules) {
    if (!("media" in rule) || !("cssRules" in rule)) continue;
    const media = rule.media as MediaList;
    const text = media.mediaText;
    const next = forced(text, look);
    if (next !== text) {
      media.mediaText = next;
      found ||= /dark/.test(text);
    }
    found = schemed(rule.cssRules as CSSRuleList, look) || found;
  }
  return found;
}

export function forced(media: string, look: Look): string {
  return media.replace(SCHEME, (_, asked: string) => (asked === look ? ALWAYS : NEVER));
}
