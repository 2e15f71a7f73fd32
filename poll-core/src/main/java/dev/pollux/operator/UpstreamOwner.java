package dev.pollux.operator;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Discard;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.core.Sink;
import dev.pollux.core.Turn;
import dev.pollux.spi.Unpolled;
import org.jspecify.annotations.Nullable;

/**
 * What everything that reads one upstream iterator shares: it owns the upstream, is over when the
 * upstream field is empty, and cancels in constant stack however long the pipeline is.
 *
 * <p>A failure of a user's function inside {@code Sink.accept} must not leave {@code accept}: it is
 * kept by {@link #fail} and thrown by {@link #feed} once the upstream's {@code pollEach} has
 * returned.
 *
 * @param <A> the type of the elements of the upstream
 */
public abstract class UpstreamOwner<A> {

  /** Null once this is over. */
  private @Nullable AsyncIterator<A> upstream;

  /** Bound at the first poll: {@code cancel} is given no context. */
  private @Nullable Discard discard;

  private @Nullable Throwable failure;

  @SuppressWarnings(
      "unchecked") // an iterator only gives elements, so it may stand for a wider type
  protected UpstreamOwner(AsyncIterator<? extends A> upstream) {
    this.upstream = (AsyncIterator<A>) upstream;
  }

  /** What this is, for messages and dumps. */
  protected abstract String kind();

  /**
   * Lets go of the user's functions, and cancels children that are newer than the upstream. Called
   * once, when this is over for whatever reason.
   */
  protected abstract void release(Discard discard);

  /** The upstream, at the start of a poll. */
  protected final AsyncIterator<A> open(Context cx) {
    Unpolled.used(this);
    AsyncIterator<A> upstream = this.upstream;
    if (upstream == null) {
      throw new PollAfterEndException(kind());
    }
    if (discard == null) {
      discard = cx.discard();
    }
    return upstream;
  }

  /** The upstream between polls, or null if this is over. */
  protected final @Nullable AsyncIterator<A> upstream() {
    return upstream;
  }

  /** Feeds {@code sink}, which is a part of this, and throws the failure that it kept. */
  protected final Turn feed(AsyncIterator<A> upstream, Context cx, Sink<A> sink) throws Exception {
    Turn turn;
    try {
      turn = upstream.pollEach(cx, sink);
    } catch (Throwable second) {
      Throwable first = failure;
      if (first == null || first == second) {
        throw second;
      }
      first.addSuppressed(second);
      throw Raise.unchecked(first);
    }
    if (failure != null) {
      throw Raise.unchecked(failure);
    }
    return turn;
  }

  /** Keeps the failure of a user's function; answers what {@code accept} has to answer then. */
  protected final boolean fail(Throwable failure) {
    this.failure = failure;
    return false;
  }

  /**
   * What a use of a field says that {@link #release} has emptied. To be thrown instead of a {@code
   * requireNonNull} around an interface: that is generic, and where the virtual machine has seen
   * several classes, the cast that follows it costs more than the element.
   */
  protected final IllegalStateException released() {
    return new PollAfterEndException(kind());
  }

  /** Hands the upstream to another owner: this is over then, and cancels nothing. */
  protected final AsyncIterator<A> giveUpstream() {
    AsyncIterator<A> given = upstream;
    if (given == null) {
      throw new PollAfterEndException(kind());
    }
    upstream = null;
    discard = null;
    return given;
  }

  /** Goes on with another upstream; the one before is over. */
  protected final void continueWith(AsyncIterator<A> next) {
    upstream = next;
  }

  /** Cancels the upstream before this is over; what is polled from here on is an empty one. */
  protected final void cancelUpstream() {
    AsyncIterator<A> before = upstream;
    upstream = new EmptyIterator<>();
    Cancel.iterator(before, discard);
  }

  protected final Discard discard() {
    return Cancel.orClosing(discard);
  }

  /** The discard of the first poll, or that of who owns this. */
  final Discard discardOr(Discard outer) {
    return discard == null ? outer : discard;
  }

  /**
   * Ends this with a failure, which it throws; declared to return so that the caller can write
   * {@code throw}.
   */
  protected final RuntimeException failed(Throwable failure) {
    if (!(failure instanceof StackOverflowError overflow)) {
      cancel();
      throw Raise.unchecked(failure);
    }
    // Without stack a cancel would be half done. Owners further up have more, and cancel all of
    // this.
    if (!StackRoom.isLeft()) {
      throw overflow;
    }
    StackOverflowError explained = StackRoom.explain(overflow, stages());
    cancel();
    throw explained;
  }

  /** How many operators there are from here up to the source, as far as each has one upstream. */
  private int stages() {
    int stages = 0;
    AsyncIterator<?> next = upstream;
    while (next instanceof UpstreamOwner<?> stage) {
      stages++;
      next = stage.upstream;
    }
    return stages;
  }

  public final void cancel() {
    Unpolled.used(this);
    Discard discard = discard();
    AsyncIterator<?> left = letGo(discard);
    // A loop, since a pipeline may be longer than a stack is deep.
    while (true) {
      if (left instanceof UpstreamOwner<?> stage) {
        discard = stage.discard();
        left = stage.letGo(discard);
      } else if (left instanceof Unwinding reader) {
        left = reader.letGo();
      } else {
        break;
      }
    }
    Cancel.iterator(left, discard);
  }

  /**
   * Lets go of all that is held; returns the upstream, to be cancelled, or null if this was over.
   */
  @Nullable AsyncIterator<A> letGo(Discard discard) {
    AsyncIterator<A> upstream = this.upstream;
    if (upstream != null) {
      release(discard);
      this.upstream = null;
      this.discard = null;
      failure = null;
    }
    return upstream;
  }
}
