// Prints `src/api/schema.d.ts` for the OpenAPI document on standard input.
import { stdin, stdout } from "node:process";
import { text } from "node:stream/consumers";
import openapiTS, { astToString } from "openapi-typescript";
import ts from "typescript";

const BLOB = ts.factory.createTypeReferenceNode("Blob");

const types = await openapiTS(JSON.parse(await text(stdin)), {
  // What may be left out of a request has a default, and may be left out all the same.
  defaultNonNullable: false,
  transform: (schema) => (schema.format === "binary" ? BLOB : undefined),
});
stdout.write(
  `// Made from the OpenAPI document by frontend/web.sh; not to be edited.\n\n${astToString(types)}`,
);
