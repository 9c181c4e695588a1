import { isStorageError } from "../../errors.ts";
import { SEAL_NAME } from "../file-names.ts";
import type { FilePort } from "../file-port.ts";
import type { Seal } from "../format/seal.ts";
import type { StoreId } from "../format/store-id.ts";
import { readSeal } from "../seal-file.ts";
import { roomSegment, type SurveyedSegment, surveyedStore, surveyLog } from "../survey-log.ts";
import { findSeed } from "./find-seed.ts";
import { forgivingFiles, type UnreadableBytes } from "./forgiving-files.ts";

/** What there is in the directory of a store, as far as a look at the beginnings of its files tells. */
export interface StoreSight {
  /** Open files give zeros for what the disk does not give. */
  readonly files: FilePort;
  readonly directory: string;
  readonly names: readonly string[];
  /** `undefined` when there is none, or when it does not read well. */
  readonly seal: Seal | undefined;
  /** What is wrong with the seal. */
  readonly sealFault: { readonly path: string; readonly reason: string } | undefined;
  readonly survey: readonly SurveyedSegment[];
  /** The segment behind whose log there may be room; 0 for none. */
  readonly roomSegment: number;
  /** `undefined` when neither a segment nor the seal tells it. */
  readonly storeId: StoreId | undefined;
  /** What the checksums of its groups start from; 0 when nothing tells it. */
  readonly seed: number;
  /** What the disk did not give until now; it grows while the files are read. */
  readonly unreadable: readonly UnreadableBytes[];
}

/** Looks at the directory of a store, however damaged. Throws `STORAGE_FORMAT` for a seal of another version. */
export async function lookAtStore(store: {
  readonly files: FilePort;
  readonly directory: string;
}): Promise<StoreSight> {
  const { directory } = store;
  const unreadable: UnreadableBytes[] = [];
  const files = forgivingFiles(store.files, (bytes) => unreadable.push(bytes));
  const names = await files.list(directory);
  const { seal, sealFault } = names.includes(SEAL_NAME)
    ? await lookAtSeal(files, directory)
    : { seal: undefined, sealFault: undefined };
  const survey = await surveyLog(files, directory, names);
  const storeId = surveyedStore(survey) ?? seal?.storeId;
  const seed = (await findSeed(files, survey, storeId)) ?? 0;
  return {
    files,
    directory,
    names,
    seal,
    sealFault,
    survey,
    roomSegment: roomSegment(survey, names.includes(SEAL_NAME)),
    storeId,
    seed,
    unreadable,
  };
}

async function lookAtSeal(
  files: FilePort,
  directory: string,
): Promise<Pick<StoreSight, "seal" | "sealFault">> {
  try {
    return { seal: await readSeal(files, directory), sealFault: undefined };
  } catch (error) {
    if (!isStorageError(error, "STORAGE_DAMAGED")) throw error;
    const { path, reason } = error.details;
    return { seal: undefined, sealFault: { path, reason } };
  }
}
