/**
 * Checks of a settings form against its JSON Schema, without compiling code: the
 * content policy forbids `eval`, which the usual validator needs. The form asks it
 * which of several shapes a value has; what is right or wrong the API says.
 */
import { Validator, type OutputUnit, type Schema } from "@cfworker/json-schema";
import {
  createErrorHandler,
  getDefaultFormState,
  toErrorSchema,
  unwrapErrorHandler,
  validationDataMerge,
  type CustomValidator,
  type ErrorTransformer,
  type FormContextType,
  type RJSFSchema,
  type RJSFValidationError,
  type StrictRJSFSchema,
  type UiSchema,
  type ValidationData,
  type ValidatorType,
} from "@rjsf/utils";

class Interpreted<T, S extends StrictRJSFSchema = RJSFSchema, F extends FormContextType = FormContextType> implements ValidatorType<T, S, F> {
  validateFormData(
    formData: T | undefined,
    schema: S,
    customValidate?: CustomValidator<T, S, F>,
    transformErrors?: ErrorTransformer<T, S, F>,
    uiSchema?: UiSchema<T, S, F>,
  ): ValidationData<T> {
    const found = mistakes(schema, formData);
    const errors = transformErrors ? transformErrors(found, uiSchema) : found;
    const data: ValidationData<T> = { errors, errorSchema: toErrorSchema<T>(errors) };
    if (!customValidate) return data;
    const whole = getDefaultFormState<T, S, F>(this, schema, formData, schema, true) as T;
    const handler = customValidate(whole, createErrorHandler<T>(whole), uiSchema);
    return validationDataMerge<T>(data, unwrapErrorHandler<T>(handler));
  }

  isValid(schema: S, formData: T | undefined, rootSchema: S): boolean {
    return mistakes({ ...rootSchema, ...schema }, formData).length === 0;
  }

  rawValidation<Result = unknown>(schema: S, formData?: T) {
    return { errors: mistakes(schema, formData) as Result[] };
  }
}

function mistakes(schema: unknown, data: unknown): RJSFValidationError[] {
  const { errors } = new Validator(schema as Schema, "2020-12", false).validate(data);
  // A parent only repeats that something in it is wrong.
  return errors.filter((one) => !["properties", "items", "$ref", "allOf"].includes(one.keyword)).map(told);
}

function told(unit: OutputUnit): RJSFValidationError {
  const path = unit.instanceLocation.replace(/^#\/?/, "").split("/").filter((part) => part !== "");
  const property = path.length > 0 ? `.${path.join(".")}` : "";
  return { name: unit.keyword, property, message: unit.error, stack: `${property} ${unit.error}`, schemaPath: unit.keywordLocation, params: {} };
}

export const interpreted = new Interpreted<Record<string, unknown>>();

export default interpreted;
