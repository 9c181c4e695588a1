import fc from "fast-check";
import { scriptApplication, type ScriptedApplication } from "./scripted-application.ts";

/** Some applications that depend on each other without a circle, and the journal that all of them write. */
export interface ApplicationGraph {
  readonly journal: string[];
  /** In any order. */
  readonly listed: readonly ScriptedApplication[];
}

/** Random graphs of up to eight applications, of which at least one is listed. */
export const applicationGraphs: fc.Arbitrary<ApplicationGraph> = fc
  .array(fc.array(fc.nat(), { maxLength: 3 }), { minLength: 1, maxLength: 8 })
  .chain((picks) => {
    const journal: string[] = [];
    const made: ScriptedApplication[] = [];
    for (const [index, picked] of picks.entries()) {
      const needs = index === 0 ? [] : picked.map((pick) => made[pick % index]);
      const dependencies = [...new Set(needs)].filter((need) => need !== undefined);
      made.push(scriptApplication(journal, `a${index}`, { dependencies }));
    }
    return fc
      .shuffledSubarray(made, { minLength: 1 })
      .map((listed) => ({ journal: clear(journal), listed }));
  });

function clear(journal: string[]): string[] {
  journal.length = 0;
  return journal;
}
