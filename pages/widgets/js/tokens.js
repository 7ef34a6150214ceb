// @ts-check
/** Subword tokens as SentencePiece writes them: "▁" stands for the space before a word. */

import { makeButton } from "./dom.js";

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

/**
 * A token of a sentence, as a button.
 *
 * @param {HTMLElement} parent
 * @param {string} piece
 * @param {Word} word
 * @param {boolean} follows whether another token stands before it
 * @param {() => void} click
 */
export const makePiece = (parent, piece, word, follows, click) => {
  const node = makeButton("nl-piece", parent, click);
  node.textContent = tokenText(piece, word);
  node.classList.toggle("nl-mark", isMark(piece));
  node.classList.toggle("nl-joined", follows && continuesWord(piece));
  return node;
};
