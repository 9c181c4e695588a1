/** A word of `vm.args`, and where it is. */
export interface NodeArgument {
  readonly word: string;
  /** Counted from 1. */
  readonly line: number;
}

/** What is wrong with a line. */
export interface ArgumentProblem {
  readonly line: number;
  readonly problem: string;
}

/** What a file of Node's flags says. */
export interface NodeArguments {
  readonly words: readonly NodeArgument[];
  readonly problems: readonly ArgumentProblem[];
}

const BLANKS = /^[\t ]+/u;
const PLAIN = /^[^\t "]*/u;

/**
 * Reads the text of a `vm.args` as `bin/NAME` does:
 *
 *     line    = { blanks word } [ blanks comment ]
 *     word    = part { part }                        the first is not #
 *     part    = any but blank and " | " { any but " } "
 *     comment = # { any }
 *
 * Blanks are spaces and tabs. A word is not empty.
 */
export function parseNodeArguments(text: string): NodeArguments {
  const words: NodeArgument[] = [];
  const problems: ArgumentProblem[] = [];
  for (const [index, content] of text.split("\n").entries()) {
    const line = index + 1;
    let rest = content.replace(/\r$/u, "").replace(BLANKS, "");
    while (rest !== "" && !rest.startsWith("#")) {
      const taken = takeWord(rest);
      if (typeof taken === "string") {
        problems.push({ line, problem: taken });
        break;
      }
      words.push({ word: taken.word, line });
      rest = taken.rest.replace(BLANKS, "");
    }
  }
  return { words, problems };
}

function takeWord(from: string): { readonly word: string; readonly rest: string } | string {
  let word = "";
  let rest = from;
  for (;;) {
    const plain = PLAIN.exec(rest)?.[0] ?? "";
    word += plain;
    rest = rest.slice(plain.length);
    if (!rest.startsWith('"')) break;
    const end = rest.indexOf('"', 1);
    if (end === -1) return "a quotation mark is missing";
    word += rest.slice(1, end);
    rest = rest.slice(end + 1);
  }
  return word === "" ? "there is nothing between the quotation marks" : { word, rest };
}
