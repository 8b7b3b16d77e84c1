/** The language that answers and refusals come in. */
let language = "en";

export function speak(next: string) {
  language = next;
}

export const spoken = () => language;
