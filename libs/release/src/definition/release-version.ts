/**
 * What may be a release's version: it is the name of a folder beside the files `COOKIE` and `default-version`, so it
 * leads nowhere else and is neither of them, in any case.
 */
export const releaseVersion: RegExp = /^(?!(?:cookie|default-version)$)[\da-z][\w.+-]*$/iu;
