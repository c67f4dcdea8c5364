/** What a failure is called and what can be done, in the rider's words. */
import { type Problem, type problems } from "../api/problems.ts";
import { type Failure } from "./failure.ts";
import { type texts } from "./texts.ts";

export function problemWith(
  { code, help }: Failure,
  words: (typeof problems)["es"],
  own: Pick<(typeof texts)["es"], "fileGone" | "emptyFile" | "columnsAsk" | "columnsNext">,
): Problem {
  if (help === "columns") return { title: own.columnsAsk, next: own.columnsNext };
  return code === "fileGone" || code === "emptyFile" ? own[code] : words[code];
}
