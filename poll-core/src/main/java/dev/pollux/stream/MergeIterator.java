package dev.pollux.stream;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Next;
import dev.pollux.core.Sink;
import dev.pollux.core.Turn;
import dev.pollux.operator.Branches;
import dev.pollux.operator.Raise;
import dev.pollux.operator.SourcesOwner;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Gives the elements of several iterators as they come, and asks those that have some in turn.
 *
 * @cancellation cancels the sources, newest first; nothing is held
 * @threading confined to the polling task; the wakers of the sources belong to any thread
 */
final class MergeIterator<T> extends SourcesOwner<T> implements Sink<T> {

  /** How many elements a source may give in one go of internal iteration, if others wait. */
  static final int IN_ONE_GO = 16;

  private final Branches<T> sources = new Branches<>();
  private final boolean delaysFailures;

  /** The first failure that is delayed; those after it are its suppressed exceptions. */
  private @Nullable Exception delayed;

  // During pollEach.
  private @Nullable Sink<? super T> sink;
  private int leftInThisGo;
  private boolean enough;
  private boolean sinkThrew;

  MergeIterator(List<AsyncIterator<T>> sources, boolean delaysFailures) {
    this.delaysFailures = delaysFailures;
    for (int i = 0; i < sources.size(); i++) {
      this.sources.add(i, sources.get(i));
    }
  }

  @Override
  protected String kind() {
    return "merge";
  }

  @Override
  protected void release(Discard discard) {
    Exception unthrown = delayed;
    delayed = null;
    if (unthrown != null) {
      discard.uncaught(unthrown, "the failure of a source of merge, cancelled before its end");
    }
  }

  @Override
  protected void giveSources(Consumer<? super AsyncIterator<?>> taker) {
    sources.giveAll(taker);
  }

  @Override
  public Next<T> pollNext(Context cx) throws Exception {
    open(cx);
    for (var source = sources.next(cx); source != null; source = sources.next(cx)) {
      try {
        Next<T> next = sources.pollNext(cx, source);
        if (next.isItem()) {
          sources.again(source);
          return next;
        }
      } catch (Throwable failure) {
        sourceFailed(failure);
      }
    }
    return sources.size() > 0 ? Next.pending() : endOrFail();
  }

  @Override
  public Turn pollEach(Context cx, Sink<? super T> sink) throws Exception {
    open(cx);
    this.sink = sink;
    enough = false;
    sinkThrew = false;
    try {
      for (var source = sources.next(cx); source != null; source = sources.next(cx)) {
        leftInThisGo = IN_ONE_GO;
        try {
          if (sources.pollEach(cx, source, this) == Turn.STOPPED) {
            sources.again(source);
          }
        } catch (Throwable failure) {
          sourceFailed(failure);
        }
        if (enough) {
          return Turn.STOPPED;
        }
      }
    } finally {
      this.sink = null;
    }
    if (sources.size() > 0) {
      return Turn.PENDING;
    }
    Next<T> unused = endOrFail();
    return Turn.ENDED;
  }

  @Override
  public boolean accept(T item) {
    try {
      enough = !requireNonNull(sink, "sink").accept(item);
    } catch (Throwable violation) {
      sinkThrew = true;
      throw violation;
    }
    return !enough && --leftInThisGo > 0;
  }

  /** Keeps the failure of a source, or ends with it. */
  private void sourceFailed(Throwable failure) {
    if (!delaysFailures || sinkThrew || !(failure instanceof Exception exception)) {
      Exception first = delayed;
      delayed = null;
      if (first != null && first != failure) {
        failure.addSuppressed(first);
      }
      throw failed(failure);
    }
    if (delayed == null) {
      delayed = exception;
    } else if (delayed != exception) {
      delayed.addSuppressed(exception);
    }
  }

  private Next<T> endOrFail() {
    Exception failure = delayed;
    delayed = null;
    Next<T> end = end();
    if (failure != null) {
      throw Raise.unchecked(failure);
    }
    return end;
  }

  /** Of one source that is left it is told; of several it would take a look at all of them. */
  @Override
  public boolean knownEnded() {
    var source = sources.size() == 1 && delayed == null ? sources.oldest() : null;
    AsyncIterator<? extends T> last = source == null ? null : source.iterator();
    return last != null && last.knownEnded();
  }

  @Override
  public void describe(Description description) {
    description.name(kind());
    if (delaysFailures) {
      description.with("failed", delayed != null);
    }
    sources.describe(description);
  }
}
