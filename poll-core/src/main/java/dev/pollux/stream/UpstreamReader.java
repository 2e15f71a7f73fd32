package dev.pollux.stream;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Next;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.core.Sink;
import dev.pollux.core.Turn;
import dev.pollux.core.Waker;
import dev.pollux.operator.Cancel;
import dev.pollux.operator.SinkContract;
import dev.pollux.operator.StackRoom;
import dev.pollux.operator.Unwinding;
import dev.pollux.spi.Unpolled;
import org.jspecify.annotations.Nullable;

/**
 * One reader of a {@link SharedUpstream}. A subclass keeps what was placed for it; those methods
 * are called with the lock of the upstream held, and call no foreign code.
 *
 * @param <A> the type of the elements of the upstream
 * @param <B> the type of what it gives
 * @threading owned by one task at a time
 */
abstract class UpstreamReader<A, B> implements AsyncIterator<B>, Unwinding {

  /** Null once over. Belongs to the owner. */
  private @Nullable SharedUpstream<A> upstream;

  /** Set while it waits. Guarded by the lock of the upstream. */
  private @Nullable Waker waker;

  UpstreamReader(SharedUpstream<A> upstream) {
    this.upstream = upstream;
  }

  // ---- what a subclass keeps

  /** What this is, for messages and dumps. */
  abstract String kind();

  /** Whether there is something to {@link #take}. */
  abstract boolean hasNext();

  /** Takes what comes next, which there is. */
  abstract B take(Afterwards afterwards);

  /** Lets go of all that is held; what nobody else has is discarded. */
  abstract void drop(Afterwards afterwards);

  /** Whether no more will come for this reader, even if the upstream goes on. */
  boolean hasEnded() {
    return false;
  }

  /** The failure of this reader alone, which comes before what it holds; null if there is none. */
  @Nullable Throwable cut() {
    return null;
  }

  /** Says what is held and what is waited for. Without the lock. */
  abstract void describeHeld(Description description);

  // ---- for the upstream, with its lock held

  final void leave(Waker waker) {
    this.waker = waker;
  }

  @CanIgnoreReturnValue
  final @Nullable Waker takeWaker() {
    Waker taken = waker;
    waker = null;
    return taken;
  }

  final boolean isWaiting() {
    return waker != null;
  }

  /** This is over, and has left. Called by the owner in its poll. */
  final void end() {
    upstream = null;
  }

  /** What this reads, or null once it is over. */
  final @Nullable SharedUpstream<A> upstream() {
    return upstream;
  }

  // ---- as an iterator

  private SharedUpstream<A> open() {
    Unpolled.used(this);
    SharedUpstream<A> upstream = this.upstream;
    if (upstream == null) {
      throw new PollAfterEndException(kind());
    }
    return upstream;
  }

  /** The next element, or null: then this is over, or its waker is left. */
  private @Nullable B advance(SharedUpstream<A> upstream, Context cx) throws Exception {
    try {
      return upstream.poll(this, cx);
    } catch (Throwable failure) {
      // Without stack a cancel would be half done. Owners further up have more, and cancel this.
      if (!(failure instanceof StackOverflowError) || StackRoom.isLeft()) {
        cancel();
      }
      throw failure;
    }
  }

  @Override
  public final Next<B> pollNext(Context cx) throws Exception {
    B item = advance(open(), cx);
    if (item != null) {
      return Next.item(item);
    }
    return upstream == null ? Next.end() : Next.pending();
  }

  @Override
  public final Turn pollEach(Context cx, Sink<? super B> sink) throws Exception {
    SharedUpstream<A> upstream = open();
    B item;
    while ((item = advance(upstream, cx)) != null) {
      try {
        if (!sink.accept(item)) {
          return Turn.STOPPED;
        }
      } catch (Throwable violation) {
        throw SinkContract.violated(this, cx, violation);
      }
    }
    return this.upstream == null ? Turn.ENDED : Turn.PENDING;
  }

  @Override
  public final boolean knownEnded() {
    SharedUpstream<A> upstream = this.upstream;
    if (upstream == null) {
      return false;
    }
    synchronized (upstream.lock()) {
      return cut() == null
          && !hasNext()
          && (hasEnded() || (upstream.isOver() && upstream.failure() == null));
    }
  }

  @Override
  public final @Nullable AsyncIterator<?> letGo() {
    Unpolled.used(this);
    SharedUpstream<A> upstream = this.upstream;
    this.upstream = null;
    return upstream == null ? null : upstream.leave(this);
  }

  @Override
  public final void cancel() {
    SharedUpstream<A> upstream = this.upstream;
    AsyncIterator<?> left = letGo();
    // A loop, since a pipeline may be longer than a stack is deep.
    while (left instanceof Unwinding reader) {
      left = reader.letGo();
    }
    Cancel.iterator(left, upstream == null ? null : upstream.discard());
  }

  @Override
  public final void describe(Description description) {
    description.name(kind());
    SharedUpstream<A> upstream = this.upstream;
    if (upstream == null) {
      description.with("state", "over");
    } else {
      describeHeld(description);
      upstream.describe(description);
    }
  }
}
