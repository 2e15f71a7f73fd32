package dev.pollux.samples.demo;

/**
 * Lines, words and bytes.
 *
 * @param lines how many lines, a last one without a newline included
 * @param words how many runs of characters that are no {@linkplain Character#isWhitespace white
 *     space}
 * @param bytes how many bytes
 */
record Tally(long lines, long words, long bytes) {

  static final Tally ZERO = new Tally(0, 0, 0);

  /** What one line, or one piece of a line, adds. */
  static Tally of(Line line) {
    return new Tally(line.isLast() ? 1 : 0, wordsOf(line), line.bytes());
  }

  private static int wordsOf(Line line) {
    String text = line.text();
    int words = 0;
    boolean inWord = line.resumesWord();
    for (int i = 0; i < text.length(); i++) {
      boolean isSpace = Character.isWhitespace(text.charAt(i));
      if (!isSpace && !inWord) {
        words++;
      }
      inWord = !isSpace;
    }
    return words;
  }

  Tally plus(Tally other) {
    return new Tally(lines + other.lines, words + other.words, bytes + other.bytes);
  }
}
