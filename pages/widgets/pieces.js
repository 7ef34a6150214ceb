// How a piece of a vocabulary is read: "▁" stands for the space before a word.
const plain = (piece) => {
  if (piece === "<s>") return `⟨${word("start")}⟩`;
  if (piece === "</s>") return `⟨${word("end")}⟩`;
  return piece.replaceAll("▁", "") || "␣";
};
const joined = (piece) => !piece.startsWith("▁") && !piece.startsWith("<");
