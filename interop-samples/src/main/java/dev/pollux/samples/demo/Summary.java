package dev.pollux.samples.demo;

import java.util.ArrayList;
import java.util.List;

/**
 * What came back from the pipeline so far.
 *
 * @threading confined to the thread that runs the pipeline
 */
final class Summary {

  /** A file that was read to its end. */
  record Counted(String name, Tally tally) {}

  private final List<String> names;
  private final List<Counted> complete = new ArrayList<>();
  private Tally total = Tally.ZERO;

  /** Of the file that is being read. */
  private Tally partial = Tally.ZERO;

  private int failed;

  Summary(List<String> names) {
    this.names = names;
  }

  void add(FileTally tally) {
    switch (tally.state()) {
      case READING -> partial = tally.tally();
      case COMPLETE -> {
        complete.add(new Counted(names.get(tally.file()), tally.tally()));
        total = total.plus(tally.tally());
        partial = Tally.ZERO;
      }
      case FAILED -> { // half a file is no count
        failed++;
        partial = Tally.ZERO;
      }
    }
  }

  /** The files that were read to their end. */
  List<Counted> complete() {
    return complete;
  }

  /** How many files can't be read. */
  int failed() {
    return failed;
  }

  /** How many files there are in all. */
  int files() {
    return names.size();
  }

  /** Whether some of a file was read and its end was not. */
  boolean hasPartial() {
    return !partial.equals(Tally.ZERO);
  }

  /** Of the complete files, and of the one that is being read. */
  Tally total() {
    return total.plus(partial);
  }
}
