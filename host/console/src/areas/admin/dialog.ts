/** A form in a dialog, whose button stands outside of it: it is the form's all the same, so that Enter sends it. */
export const DIALOG_FORM = "dialog-form";
export const submits = { htmlType: "submit", form: DIALOG_FORM } as const;
