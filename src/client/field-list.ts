/** The header fields of a message, as they stood on the wire. */

/** In the order of the wire, repeated ones repeated. */
export type FieldList = readonly (readonly [name: string, value: string])[];

/** The value of the first field of that name. */
export function fieldValue(fields: FieldList, name: string): string | undefined {
  return fields.find(([found]) => found.toLowerCase() === name.toLowerCase())?.[1];
}

/** The values of all fields of that name, in order. */
export function fieldValues(fields: FieldList, name: string): readonly string[] {
  const wanted = name.toLowerCase();
  return fields.filter(([found]) => found.toLowerCase() === wanted).map(([, value]) => value);
}

/** @throws {Error} the line is no header field */
export function parseField(line: string): readonly [string, string] {
  const [, name, value = ""] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
  if (name === undefined) throw new Error(`not a header field: ${JSON.stringify(line)}`);
  return [name, value];
}
