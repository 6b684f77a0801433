// Endings of nouns and adjectives in all cases, without their accents, longest first. Taking the longest one off brings the
// forms of a word together (buty, butów, butami: but); words that only share a root stay apart.
const endings = [
  ...["ami", "ach", "owi", "ego", "emu", "ymi", "imi", "ych", "ich"],
  ...["om", "ow", "em", "ie", "ym", "im", "ej", "ia", "iu"],
  ...["a", "e", "i", "o", "u", "y"],
];
const shortestStem = 3;

/** Light stemmer for Polish nouns and adjectives; gets folded words. Words with a digit stay. */
export function stemPolish(word: string): string {
  if (word.length <= shortestStem || /\p{N}/u.test(word)) return word;
  const ending = endings.find((each) => word.endsWith(each) && word.length - each.length >= shortestStem);
  const stem = ending === undefined ? word : word.slice(0, -ending.length);
  // kurtka, kurtki but kurtek: the e comes and goes.
  return ending === undefined && stem.length > 4 && stem.endsWith("ek") ? `${stem.slice(0, -2)}k` : stem;
}
