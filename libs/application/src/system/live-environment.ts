import type { AnyApplication } from "../application.ts";
import type { ConfigurationEntry, ConfigurationSection } from "../configuration/configuration.ts";
import { parseValue } from "../configuration/parse-value.ts";
import type { ConfigurationProblem } from "../configuration/problem.ts";
import { brokenRules } from "../configuration/validate.ts";
import type { EnvironmentDeclaration } from "../environment.ts";
import { ApplicationError } from "../errors.ts";

/** The environment of one application in one running system: what was configured, and what was put since. */
export class LiveEnvironment {
  readonly #application: AnyApplication;
  readonly #entries: Map<string, ConfigurationEntry>;
  /** A plain object, since it may be read at every request. */
  readonly #values: Record<string, unknown> = {};

  constructor(application: AnyApplication, section: ConfigurationSection) {
    this.#application = application;
    this.#entries = new Map(section);
    for (const [key, { value }] of section) this.#values[key] = value;
  }

  get entries(): ConfigurationSection {
    return this.#entries;
  }

  /** What the application reads; a put shows in it at once. */
  get values(): Readonly<Record<string, unknown>> {
    return this.#values;
  }

  /** Judges `raw` as the configuration was judged, and lets it take the place of what `key` held. */
  put(key: string, raw: unknown): void {
    const declaration: EnvironmentDeclaration = this.#application.environment;
    const declared = Object.hasOwn(declaration, key) ? declaration[key] : undefined;
    const path = `${this.#application.name}.${key}`;
    if (declared === undefined) {
      const known = Object.keys(declaration);
      throw new ApplicationError("ENVIRONMENT_UNKNOWN", { name: path, known });
    }
    if (declared.compileTime === true)
      throw new ApplicationError("ENVIRONMENT_FIXED", { key: path });
    if (declared.startOnly === true)
      throw new ApplicationError("ENVIRONMENT_START_ONLY", { key: path });
    const parsed = parseValue(declared, { path, origin: "put", raw });
    if (parsed.type === "invalid") throw refusal(path, parsed.problems);
    const isSecret = declared.secret === true;
    const entry = { raw, value: parsed.value, origin: "put", isSecret };
    const broken = brokenRules(this.#application, new Map(this.#entries).set(key, entry));
    if (broken.length > 0) throw refusal(path, broken);
    this.#entries.set(key, entry);
    this.#values[key] = parsed.value;
  }
}

function refusal(key: string, problems: readonly ConfigurationProblem[]): ApplicationError {
  const reasons = problems.map(({ subject, got, expected }) => {
    const reason = got === undefined ? expected : `${expected}, got ${got}`;
    return subject === key ? reason : `${subject}: ${reason}`;
  });
  return new ApplicationError("ENVIRONMENT_REFUSED", { key, reason: reasons.join("; ") });
}
