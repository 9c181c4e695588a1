import { emit } from "../events.ts";
import type { FilePort } from "./file-port.ts";
import type { SurveyedSegment } from "./survey-log.ts";

/** The files of a log. */
export interface SurveyedLog {
  readonly files: FilePort;
  readonly directory: string;
  readonly survey: readonly SurveyedSegment[];
}

/**
 * Removes the segments below `firstSegment`: what of them is needed stands in later ones, and a crash
 * came before they were removed. That it does, and that they are not needed, has to be on the disk.
 * The oldest one goes first, so that what is left of a log never has a hole. Lasts when it resolves.
 */
export async function removeLeftovers(log: SurveyedLog, firstSegment: number): Promise<void> {
  const { files, directory: path, survey } = log;
  const leftovers = survey.filter(({ segment }) => segment < firstSegment);
  for (const { segment, path: file, lengthBytes: bytes } of leftovers) {
    await files.remove(file);
    await files.syncDirectory(path);
    const message = `Removed segment ${segment} of the store at "${path}", which is not needed any more`;
    emit({ level: "debug", type: "segment-removed", message, path, bytes, copiedBytes: 0 });
  }
}
