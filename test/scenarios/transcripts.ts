import type { Case, Step } from "./scenario.ts";

const BLOCK = /^```transcript\n(?<body>[^]*?)^```$/gmu;

/**
 * The conversations that a document shows: fenced blocks with the info string `transcript`, in which a line that begins
 * with `> ` is typed and every other one is a reply.
 */
export function readTranscripts(file: string, text: string): readonly Case[] {
  return [...text.matchAll(BLOCK)].map((block) => {
    const line = text.slice(0, block.index).split("\n").length;
    const lines = (block.groups?.["body"] ?? "").split("\n").slice(0, -1);
    const steps = lines.map((source, index) => readStep(source, line + 1 + index));
    return { title: `${file}:${line}`, line, steps };
  });
}

function readStep(source: string, line: number): Step {
  const bytes = Buffer.from(`${source.replace(/^> /u, "")}\r\n`);
  return source.startsWith("> ")
    ? { type: "send", line, connection: "", pieces: [bytes] }
    : { type: "expect", line, connection: "", reply: bytes };
}
