/** What a failure is called and what can be done, in the rider's words. */
import { type Problem, type problems } from "../api/problems.ts";
import { type Failure } from "./failure.ts";
import { type texts } from "./texts.ts";

export function problemWith(
  { code }: Failure,
  words: (typeof problems)["es"],
  own: Pick<(typeof texts)["es"], "fileGone" | "emptyFile">,
): Problem {
  return code === "fileGone" || code === "emptyFile" ? own[code] : words[code];
}
