/**
 * Watches a browser for what must never happen on any page: a script that a
 * stranger wrote runs, the content policy has to stop one, a page breaks.
 */
import type { BrowserContext, Page } from "playwright-core";

/** What a stranger's script would call: `fire("where it stood")`. */
export const FLAG = "rialtoCanary";

export class Guard {
  readonly found: string[] = [];

  /** On every page of a context, from before its first script on. */
  static async on(context: BrowserContext): Promise<Guard> {
    const guard = new Guard();
    await context.exposeFunction("rialtoGuard", (what: string) => guard.found.push(what));
    await context.addInitScript((flag) => {
      const report = (what: string) => void (window as unknown as { rialtoGuard: (what: string) => void }).rialtoGuard(what);
      Object.defineProperty(window, flag, { value: (where: string) => report(`a script ran: ${where}`) });
      document.addEventListener("securitypolicyviolation", (event) => {
        const at = `${event.sourceFile}:${String(event.lineNumber)}`;
        report(`against the content policy of ${location.pathname}: ${event.violatedDirective} ${event.blockedURI} ${event.sample} ${at}`);
      });
    }, FLAG);
    context.on("page", (page) => guard.watch(page));
    return guard;
  }

  /** Fail on whatever was found since the last look. */
  clean(): void {
    const found = this.found.splice(0);
    if (found.length > 0) throw new Error(`pages did what they must not:\n  ${found.join("\n  ")}`);
  }

  private watch(page: Page) {
    page.on("dialog", (dialog) => {
      // Asked by the browser itself before unsaved words are left; no page's script can do that.
      if (dialog.type() !== "beforeunload") this.found.push(`a dialog opened: ${dialog.message()}`);
      void dialog.accept().catch(() => undefined);
    });
    page.on("pageerror", (error) => this.found.push(`a page broke at ${page.url()}: ${error.message}`));
    page.on("crash", () => this.found.push(`a page crashed at ${page.url()}`));
  }
}
