package dev.pollux.samples.demo;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * What was counted in one file so far.
 *
 * @param file which of the files, counted from 0
 * @param tally what was counted
 * @param state how far it is
 * @param reason why it can't be read, if it can't
 */
record FileTally(int file, Tally tally, State state, @Nullable String reason) {

  enum State {
    READING,
    COMPLETE,
    FAILED
  }

  /** Before the first file. */
  static final FileTally NONE = new FileTally(-1, Tally.ZERO, State.COMPLETE, null);

  /** What one event adds to the tally of its file. */
  static FileTally of(FileEvent event) {
    if (event instanceof FileEvent.LineRead read) {
      return new FileTally(read.file(), Tally.of(read.line()), State.READING, null);
    }
    if (event instanceof FileEvent.Failed failed) {
      return new FileTally(failed.file(), Tally.ZERO, State.FAILED, failed.reason());
    }
    return new FileTally(event.file(), Tally.ZERO, State.COMPLETE, null);
  }

  /** The tally with {@code next} added, or {@code next} itself if that is of the next file. */
  FileTally plus(FileTally next) {
    return next.file != file
        ? next
        : new FileTally(file, tally.plus(next.tally), next.state, next.reason);
  }

  /** Why the file can't be read, if its state is {@link State#FAILED}. */
  String requireReason() {
    return requireNonNull(reason, "reason");
  }
}
