// @ts-check
/** Subword tokens as SentencePiece writes them: "▁" stands for the space before a word. */

/** @typedef {(key: string) => string} Word gives a visible word by its key */

/**
 * A token as it is read.
 *
 * @param {string} token
 * @param {Word} word
 */
export const tokenText = (token, word) => {
  if (token === "<s>") return `⟨${word("start")}⟩`;
  if (token === "</s>") return `⟨${word("end")}⟩`;
  return token.replaceAll("▁", "") || "␣";
};

/** Whether a token is a mark such as "</s>". @param {string} token */
export const isMark = (token) => token.startsWith("<");

/** Whether a token continues the word before it. @param {string} token */
export const continuesWord = (token) => !token.startsWith("▁") && !isMark(token);
