import { emit } from "../../../events.ts";
import type { ChosenOptions, ClusterOptions } from "../cluster-options.ts";
import type { LinkPool } from "../connection/link-pool.ts";
import type { TopologyWatch } from "../topology/topology-watch.ts";
import type { ClusterStatus } from "./cluster-status.ts";
import { type Findings, judgePlacement, judgeSettings } from "./settings.ts";
import { askSettings, nodeStatus, surveyPrimaries } from "./survey.ts";

/** How often a cluster is looked at anew; one that is not admitted yet, more often. */
const INTERVAL_MS = 30_000;
const SOON_MS = 500;

/** Decides whether a cluster may be used, and tells what an operator should mend. */
export class ClusterInspection implements Disposable {
  readonly #watch: TopologyWatch;
  readonly #links: LinkPool;
  readonly #options: ChosenOptions & ClusterOptions;
  readonly #path: string;
  /** What is wrong with the servers' settings, as they were heard last. */
  #settings: readonly string[] = [];
  /** The warnings of the last look, which were told of. */
  #told: readonly string[] = [];
  #refusal: string | undefined;
  #unreachable: string | undefined = "no server was asked yet";
  #isAdmitted = false;
  #hasTold = false;
  #present: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isEnded = false;

  constructor(watch: TopologyWatch, links: LinkPool, options: ChosenOptions & ClusterOptions) {
    this.#watch = watch;
    this.#links = links;
    this.#options = options;
    this.#path = options.nodes.join(", ");
  }

  /** Whether it was found fit for use. Once it was, it stays in use, and what is found then are warnings. */
  get isAdmitted(): boolean {
    return this.#isAdmitted;
  }

  /** Why nobody is known to have a slot, where that is so. */
  get absence(): string {
    if (this.#unreachable !== undefined) return `no server answers (${this.#unreachable})`;
    return this.#isAdmitted ? "the slot is nobody's" : "the servers' settings are not known yet";
  }

  /** Why it is not used, when it answers and is not fit. */
  get refusal(): string | undefined {
    return this.#refusal;
  }

  /** The outcome of the first look, where there was anybody to look at. */
  async first(): Promise<string | undefined> {
    await this.#present;
    return this.#refusal;
  }

  /** Some server answered. */
  heard(): void {
    if (this.#unreachable !== undefined || !this.#hasTold) {
      this.#hasTold = true;
      const { topology } = this.#watch;
      const primaries = topology.primaries().length;
      const servedSlots = topology.servedSlots();
      emit({
        type: "cluster-reached",
        level: "info",
        message: `the cluster answers: ${primaries} primaries have ${servedSlots} slots`,
        path: this.#path,
        primaries,
        servedSlots,
      });
    }
    this.#unreachable = undefined;
    if (this.#timer === undefined) this.#inspectNow();
  }

  /** No server answered. */
  silent(reason: string): void {
    if (this.#unreachable === undefined || !this.#hasTold) {
      this.#hasTold = true;
      emit({
        type: "cluster-unreachable",
        level: "warn",
        message: `no server of the cluster answers: ${reason}`,
        path: this.#path,
        reason,
      });
    }
    this.#unreachable = reason;
    if (!this.#isAdmitted) this.#watch.doubt();
  }

  /** Asks the servers how they are, now; all but how much waits here. */
  async status(): Promise<Omit<ClusterStatus, "waitingWrites">> {
    await this.#watch.look();
    const { topology } = this.#watch;
    const primaries = await surveyPrimaries(topology, this.#links);
    const shown = new Set(
      primaries.flatMap(({ id, replicas }) => [id, ...replicas.map((replica) => replica.id)]),
    );
    return {
      seeds: this.#options.nodes,
      durability: this.#options.durability,
      unreachable: this.#unreachable,
      servedSlots: topology.servedSlots(),
      primaries,
      others: [...topology.nodes.values()].filter(({ id }) => !shown.has(id)).map(nodeStatus),
      warnings: [
        ...(this.#refusal === undefined ? [] : [this.#refusal]),
        ...this.#settings,
        ...judgePlacement(this.#watch.topology),
      ],
    };
  }

  [Symbol.dispose](): void {
    this.#isEnded = true;
    clearTimeout(this.#timer);
  }

  #inspectNow(): void {
    if (this.#isEnded) return;
    this.#present ??= this.#inspect();
  }

  async #inspect(): Promise<void> {
    const { topology } = this.#watch;
    const servers = await askSettings(topology, this.#links);
    this.#present = undefined;
    if (this.#isEnded) return;
    // Servers that do not say how they are set up while they start are asked again: nothing is admitted unseen.
    if (servers.length > 0) this.#judge(judgeSettings(servers, this.#options));
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => {
        this.#inspectNow();
      },
      this.#isAdmitted ? INTERVAL_MS : SOON_MS,
    ).unref();
  }

  #judge({ refusals, warnings }: Findings): void {
    const [refusal] = refusals;
    if (this.#isAdmitted || refusal === undefined) {
      this.#isAdmitted = true;
      this.#refusal = undefined;
      this.#warn([...refusals, ...warnings]);
      return;
    }
    if (this.#refusal !== refusal) {
      emit({
        type: "cluster-refused",
        level: "error",
        message: `the cluster is not used: ${refusal}`,
        path: this.#path,
        reason: refusal,
      });
    }
    this.#refusal = refusal;
    this.#warn(warnings);
  }

  #warn(settings: readonly string[]): void {
    this.#settings = settings;
    const warnings = [...settings, ...judgePlacement(this.#watch.topology)];
    const known = new Set(this.#told);
    this.#told = warnings;
    for (const reason of warnings) {
      if (known.has(reason)) continue;
      emit({ type: "cluster-warning", level: "warn", message: reason, path: this.#path, reason });
    }
  }
}
