package dev.pollux.io;

import dev.pollux.core.Poll;
import org.jspecify.annotations.Nullable;

/**
 * The answers of reads and writes that were ready. Those that were given lately are given again, so
 * that a read that brings as many bytes as the one before allocates no answer.
 *
 * @threading any thread
 */
final class CountAnswers {
  /*
   * A table in which a count has one place. It is read and written without order: an answer is immutable with all its fields
   * final, so whoever sees it sees it whole, and who sees the one before makes another.
   */
  private static final int SIZE = 1024;

  @SuppressWarnings({"unchecked", "rawtypes"}) // there are no generic arrays
  private static final @Nullable Poll<Integer>[] LATELY = new Poll[SIZE];

  private CountAnswers() {}

  static Poll<Integer> ready(int count) {
    int place = count & SIZE - 1;
    Poll<Integer> before = LATELY[place];
    if (before != null && before.value() == count) {
      return before;
    }
    Poll<Integer> made = Poll.ready(count);
    LATELY[place] = made;
    return made;
  }
}
