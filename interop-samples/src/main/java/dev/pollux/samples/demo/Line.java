package dev.pollux.samples.demo;

/**
 * A line of a text file, or a piece of one that is too long to be held at once.
 *
 * @param text the characters, without the newline that ends them
 * @param bytes how many bytes of the file this is, the newline included
 * @param isLast whether the line ends with this piece; true for every line of usual length
 * @param resumesWord whether the piece before, of the same line, ended within a word
 */
record Line(String text, int bytes, boolean isLast, boolean resumesWord) {

  /** This line without the carriage return that stands before the newline in some files. */
  Line withoutCarriageReturn() {
    return isLast && text.endsWith("\r")
        ? new Line(text.substring(0, text.length() - 1), bytes, true, resumesWord)
        : this;
  }
}
