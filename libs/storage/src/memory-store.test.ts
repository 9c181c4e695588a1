import { testStore } from "@kv/storage/conformance";
import { MemoryStore } from "./memory-store.ts";

testStore("MemoryStore", async ({ clock }) => new MemoryStore({ clock }));
