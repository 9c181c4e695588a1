/** The languages that it greets in. */
export const languages = ["en", "de", "pt"] as const;

/** One of them. */
export type Language = (typeof languages)[number];

const greetings: Readonly<Record<Language, string>> = {
  en: "Good day",
  de: "Guten Tag",
  pt: "Bom dia",
};

/** What somebody from `address` is greeted with: one line. */
export function greeting(language: Language, address: string): string {
  return `${greetings[language]}, ${address}!\r\n`;
}
