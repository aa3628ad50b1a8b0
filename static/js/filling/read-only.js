import { form } from "./rows.js";

// Whether the form can be typed into; what stands in it can be read and copied all the same.
export function setReadOnly(isReadOnly) {
  for (const field of form().querySelectorAll("textarea, input:not([type=hidden])")) field.readOnly = isReadOnly;
  for (const control of form().querySelectorAll("select, button")) control.disabled = isReadOnly;
}
