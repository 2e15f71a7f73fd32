package dev.pollux.io.file;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Next;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.io.blocking.BlockingCall;
import dev.pollux.spi.Unpolled;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a directory, or of a tree of them: {@link AsyncFiles#list}, {@link
 * AsyncFiles#walk}. They are read in batches, each by a call on the blocking pool.
 *
 * @cancellation the directory is closed, by the call that reads it if there is one
 * @threading confined to the polling task, as every iterator is
 */
final class PathEntries implements AsyncIterator<Path> {
  /*
   * What is open belongs to the batch that is here, or to the call that reads the next one. A call that is cancelled and runs all
   * the same answers a batch to nobody, and that is discarded, which closes it; for one that never runs this side closes. Each
   * says which it is by a claim (PathBatch.Reading).
   */
  private final Path root;
  private final int atOnce;

  /** Null from the first call on, and once over. */
  private PathBatch.@Nullable Opening opening;

  private boolean over;

  /** What is given now; null while there is a call, and once over. */
  private @Nullable PathBatch batch;

  /** How many of the batch were given. */
  private int given;

  // Both null if nothing is read.
  private PathBatch.@Nullable Reading reading;
  private @Nullable BlockingCall<PathBatch> call;

  private Discard discard = Discard.closing();

  PathEntries(Path root, PathBatch.Opening opening, int atOnce) {
    this.root = root;
    this.opening = opening;
    this.atOnce = atOnce;
  }

  @Override
  public Next<Path> pollNext(Context cx) throws Exception {
    if (over) {
      throw new PollAfterEndException("entries of a directory");
    }
    Unpolled.used(this);
    discard = cx.discard();
    try {
      PathBatch batch = this.batch;
      while (batch == null || given == batch.paths.size()) {
        if (batch != null && batch.isLast()) {
          cancel();
          return Next.end();
        }
        Poll<PathBatch> answer = callAfter(batch).poll(cx);
        if (answer.isPending()) {
          return Next.pending();
        }
        call = null;
        reading = null;
        batch = answer.value();
        this.batch = batch;
        given = 0;
      }
      if (!cx.tryProceed()) {
        return Next.pending();
      }
      return Next.item(batch.paths.get(given++));
    } catch (Throwable failure) {
      cancel();
      throw failure;
    }
  }

  /** The call that is under way, or a new one for what comes after {@code before}. */
  private BlockingCall<PathBatch> callAfter(@Nullable PathBatch before) {
    BlockingCall<PathBatch> call = this.call;
    if (call != null) {
      return call;
    }
    PathBatch.Opening opening = this.opening;
    PathBatch.Reading next;
    if (before != null) {
      next = before.next(atOnce);
      batch = null;
    } else if (opening != null) {
      next = PathBatch.first(opening, atOnce);
      this.opening = null;
    } else {
      throw new IllegalStateException("neither begun nor to begin");
    }
    reading = next;
    call = BlockingCall.part("read of a directory", next::run);
    this.call = call;
    return call;
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    over = true;
    opening = null;
    BlockingCall<PathBatch> call = this.call;
    PathBatch.Reading reading = this.reading;
    PathBatch batch = this.batch;
    this.call = null;
    this.reading = null;
    this.batch = null;
    if (call != null) {
      call.cancel();
    }
    try {
      if (reading != null) {
        reading.takeBack();
      }
      if (batch != null) {
        batch.close();
      }
    } catch (IOException failure) {
      discard.uncaught(failure, "closing the directory " + root);
    }
  }

  @Override
  public void describe(Description description) {
    description.name("entries of a directory").with("directory", root).child("call", call);
    if (over) {
      description.with("state", "over");
    }
  }
}
