/** What else is known of a product, as rows of a form; what was not touched keeps its kind (a number stays one). */
export interface Attribute {
  key: string;
  value: string;
}

type Attributes = Record<string, unknown>;

const shown = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

export function rowsOf(attributes: Attributes): Attribute[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: shown(value) }));
}

export function attributesOf(rows: Attribute[], before: Attributes): Attributes {
  return Object.fromEntries(rows.map(({ key, value }) => [key, Object.hasOwn(before, key) && shown(before[key]) === value ? before[key] : value]));
}
