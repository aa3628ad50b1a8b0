// The form while nothing in it can be changed: what stands in it can be read and copied all the same.

import { form } from "./rows.js";

export const isReadOnly = () => Boolean(form().dataset.readOnly);

export function setReadOnly(readOnly) {
  for (const field of form().querySelectorAll("textarea, input:not([type=hidden])")) field.readOnly = readOnly;
  for (const control of form().querySelectorAll("select, button")) control.disabled = readOnly;
}
