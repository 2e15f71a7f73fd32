package dev.pollux.samples.exercise;

import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import java.util.ArrayList;
import java.util.List;

/**
 * A counter and a list that say the same, and a device where the entries are kept.
 *
 * <p>Between two polls of an append others look at the journal, and a cancel may come. What it
 * looks like there is all that the three ways to append differ in.
 *
 * @threading confined to one task
 */
final class Journal {

  /** Keeps entries; neither answers at once. */
  interface Device {

    /** Writes an entry to a place. What was there before is overwritten. */
    Future<Void> write(int place, String entry);

    /** Makes durable what was written. */
    Future<Void> flush();
  }

  private final Device device;
  private final List<String> entries = new ArrayList<>();
  private int count;
  private int flushed;

  Journal(Device device) {
    this.device = device;
  }

  /**
   * The bug: the state is changed piece by piece, and there is an await between the pieces.
   *
   * @cancellation leaves the pieces that were changed by then
   */
  Future<Void> appendInPieces(String entry) {
    return Futures.defer(
            () -> {
              count++;
              return device.write(count - 1, entry); // a cancel here: counted, not listed
            })
        .flatMap(
            written -> {
              entries.add(entry);
              return device.flush(); // a cancel here: listed, not flushed
            })
        .inspect(done -> flushed++);
  }

  /**
   * The fix: awaits all that there is to await, and then changes the state in one poll. A poll can
   * not be cancelled half-way.
   *
   * @cancellation nothing has happened. The device may have an entry that nobody knows of; the next
   *     append overwrites it
   */
  Future<Void> appendAtOnce(String entry) {
    return Futures.defer(() -> device.write(entries.size(), entry))
        .flatMap(written -> device.flush())
        .inspect(
            done -> {
              count++;
              entries.add(entry);
              flushed++;
            });
  }

  /**
   * The other fix, for what can't be done in one poll: a task of its own does it, and a cancel
   * reaches only the one that waits for that task.
   *
   * @cancellation before the first poll, nothing has happened; after it, the entry is appended all
   *     the same
   */
  Future<Void> appendShielded(String entry) {
    return appendInPieces(entry).shielded();
  }

  /** What must hold whenever nobody is appending. */
  boolean isConsistent() {
    return count == entries.size() && flushed == entries.size();
  }

  List<String> entries() {
    return List.copyOf(entries);
  }

  @Override
  public String toString() {
    return "count " + count + ", entries " + entries + ", flushed " + flushed;
  }
}
