import { importBeside, type Imported } from "../../../apps/kv/src/commands/transfer/import-file.ts";
import { importCommand } from "../../../apps/kv/src/commands/transfer/import.ts";
import { readInvocation } from "../../../libs/application/src/control/declaration/invocation.ts";
import type { ControlClient } from "../../harness/control-client.ts";

/** Which file, and how. */
export interface ImportOrder {
  readonly file: string;
  readonly resume: boolean;
  /** Given what notes beside the file how far the node has come, each time it has said so. */
  readonly onNoted?: ((note: () => Promise<void>) => Promise<void>) | undefined;
}

/** The operator's `import FILE`, with both its parts, and no process of its own. */
export function runImport(control: ControlClient, order: ImportOrder): Promise<Imported> {
  const { file, resume, onNoted = (note) => note() } = order;
  return importBeside({
    ...readInvocation(importCommand, { words: [file], options: { resume } }),
    print: async () => {},
    progress: () => {},
    signal: new AbortController().signal,
    streams: {
      input: (async function* () {})(),
      write: async () => {},
      writeError: async () => {},
    },
    call: ({ parameters, input, onItem } = {}) =>
      control.call("import", {
        words: [file],
        options: { resume },
        parameters,
        input,
        async onItems(items) {
          for (const item of items) await onNoted(async () => onItem?.(item));
        },
      }),
  });
}
