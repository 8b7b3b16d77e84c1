/** A letter to begin with: a greeting, some words, a button, and what a mail must say at its foot. */
import { encoded } from "./mjml";

interface Letter {
  hello: string;
  words: string;
  button: string;
  foot: string;
  unsubscribe: string;
}

export function letter({ hello, words, button, foot, unsubscribe }: Letter): string {
  return `<mjml>
  <mj-body>
    <mj-section>
      <mj-column>
        <mj-text font-size="22px">${encoded(hello)}</mj-text>
        <mj-text>${encoded(words)}</mj-text>
        <mj-button href="https://">${encoded(button)}</mj-button>
      </mj-column>
    </mj-section>
    <mj-section>
      <mj-column>
        <mj-divider border-color="#d9d9d9" border-width="1px" />
        <mj-text font-size="12px">${encoded(foot)} <a href="{{ unsubscribe_url }}">${encoded(unsubscribe)}</a></mj-text>
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>`;
}
