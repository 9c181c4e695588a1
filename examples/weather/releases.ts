import type { ReleaseDefinition, Releases } from "@kv/release";

/** Readings for whoever asks: `npm run release -- weather`. */
const weather: ReleaseDefinition = {
  applications: { "station-http": "permanent", station: "permanent" },
  proof: {
    variables: (directory) => ({ PORT: "0", XDG_RUNTIME_DIR: directory }),
    ask: async (run) => {
      await run("weather", "report", "oslo", "3");
      const printed = await run("weather", "readings");
      if (printed !== "oslo 3\n") throw new Error(`"oslo 3" was reported, and ${printed} is there`);
    },
  },
};

/** A thermometer that nobody reads from afar. It goes by the version of its application. */
const probe: ReleaseDefinition = {
  applications: { station: "permanent" },
  version: { fromApplication: "station" },
  proof: { variables: (directory) => ({ XDG_RUNTIME_DIR: directory }) },
};

export const releases: Releases = { weather, probe };
