/** The most names or patterns that one COMMAND or CONFIG is asked about: an answer is a hundred times its question. */
export const namesLimit = 1000;

/** For more. */
export const tooManyNamesError = `ERR too many names (the limit is ${namesLimit})`;

/** What an answer about the server, or about one command, is taken to need at most, in bytes. */
export const longAnswerBytes = 4096;
