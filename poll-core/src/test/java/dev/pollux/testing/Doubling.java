package dev.pollux.testing;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Item;
import dev.pollux.core.Next;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.core.Sink;
import dev.pollux.core.Turn;
import dev.pollux.core.Waker;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** An operator on one iterator that keeps the contract, but for the one fault that it is given. */
final class Doubling implements AsyncIterator<Amount> {

  /** What is wrong with it. */
  enum Fault {
    NONE,
    LOSES_AN_ELEMENT,
    ENDS_AGAIN_AFTER_THE_END,
    POLLS_EACH_AFTER_CANCEL,
    KEEPS_ITS_CHILD_RUNNING_AT_A_FAILURE,
    POLLS_ITS_CHILD_AFTER_ITS_END,
    LETS_A_CANCEL_THROW,
    SHOWS_NO_WAKER,
    KEEPS_THE_FIRST_WAKER,
    STAYS_ON_ITS_FIRST_THREAD,
    LETS_ITS_FUNCTION_THROW_INTO_THE_SINK,
    WRAPS_EXCEPTIONS,
    WRAPS_ERRORS,
    GIVES_AN_ELEMENT_MORE_BEFORE_A_FAILURE,
    IS_NOT_DESCRIBED,
    KEEPS_ITS_FUNCTION,
    LOSES_AN_ELEMENT_IN_POLL_EACH,
    IGNORES_THE_SINK,
    SAYS_STOPPED_UNASKED,
    SAYS_PENDING_WHEN_STOPPED,
    SWALLOWS_WHAT_A_SINK_THROWS,
    REPORTS_NO_SINK,
    GOES_ON_AFTER_A_SINK_THREW,
    SAYS_THAT_IT_ENDED_TOO_EARLY
  }

  private final Fault fault;
  private final AsyncIterator<Amount> upstream;
  private @Nullable Function<Amount, Amount> function;
  private @Nullable Discard discard;
  private boolean over;

  // For the faults.
  private final @Nullable Function<Amount, Amount> kept;
  private @Nullable Waker firstWaker;
  private @Nullable Thread firstThread;
  private boolean upstreamEnded;
  private boolean cancelled;
  private boolean goesOn;
  private int given;

  Doubling(Fault fault, AsyncIterator<Amount> upstream, Function<Amount, Amount> function) {
    this.fault = fault;
    this.upstream = upstream;
    this.function = function;
    this.kept = fault == Fault.KEEPS_ITS_FUNCTION ? function : null;
  }

  private Context open(Context cx) {
    if (over) {
      pollOnceMore(cx);
      throw new PollAfterEndException("doubling");
    }
    if (discard == null) {
      discard = cx.discard();
      firstWaker = fault == Fault.KEEPS_THE_FIRST_WAKER ? cx.waker() : null;
      firstThread = Thread.currentThread();
    }
    if (fault == Fault.STAYS_ON_ITS_FIRST_THREAD && Thread.currentThread() != firstThread) {
      throw new IllegalStateException("wrong thread");
    }
    if (fault == Fault.SHOWS_NO_WAKER) {
      return cx.withWaker(Waker.noop());
    }
    return firstWaker == null ? cx : cx.withWaker(firstWaker);
  }

  private void pollOnceMore(Context cx) {
    if (fault == Fault.POLLS_ITS_CHILD_AFTER_ITS_END) {
      try {
        Next<Amount> unused = upstream.pollNext(cx);
      } catch (Exception expected) {
        // the child refuses
      }
    }
  }

  @Override
  public Next<Amount> pollNext(Context cx) throws Exception {
    if (upstreamEnded && fault == Fault.ENDS_AGAIN_AFTER_THE_END) {
      return Next.end();
    }
    Context shown = open(cx);
    try {
      Next<Amount> next = upstream.pollNext(shown);
      if (next instanceof Item<Amount> item) {
        given++;
        Amount doubled = function.apply(item.value());
        return fault == Fault.LOSES_AN_ELEMENT && given == 1 ? pollNext(cx) : Next.item(doubled);
      }
      if (next.isEnd()) {
        end();
      }
      return next;
    } catch (Exception failure) {
      throw failed(failure);
    } catch (Error failure) {
      throw failed(failure);
    }
  }

  @Override
  public Turn pollEach(Context cx, Sink<? super Amount> sink) throws Exception {
    if (goesOn) {
      return Turn.PENDING;
    }
    if (upstreamEnded && fault == Fault.ENDS_AGAIN_AFTER_THE_END) {
      return Turn.ENDED;
    }
    if (cancelled && fault == Fault.POLLS_EACH_AFTER_CANCEL) {
      return Turn.PENDING;
    }
    Context shown = open(cx);
    Stage stage = new Stage(sink);
    try {
      Turn turn = upstream.pollEach(shown, stage);
      if (stage.failure instanceof RuntimeException failure) {
        throw failure;
      }
      if (stage.failure instanceof Error failure) {
        throw failure;
      }
      if (turn == Turn.ENDED) {
        end();
      }
      if (turn == Turn.PENDING && fault == Fault.SAYS_STOPPED_UNASKED) {
        return Turn.STOPPED;
      }
      return turn == Turn.STOPPED && fault == Fault.SAYS_PENDING_WHEN_STOPPED ? Turn.PENDING : turn;
    } catch (Exception failure) {
      if (stage.violated && fault == Fault.SWALLOWS_WHAT_A_SINK_THROWS) {
        end();
        return Turn.ENDED;
      }
      if (stage.violated) {
        goesOn = fault == Fault.GOES_ON_AFTER_A_SINK_THREW;
        fail();
        throw failure;
      }
      throw failed(failure);
    } catch (Error failure) {
      throw failed(failure);
    }
  }

  /** What the upstream feeds. */
  private final class Stage implements Sink<Amount> {
    private final Sink<? super Amount> downstream;
    private @Nullable Throwable failure;
    private boolean violated;

    Stage(Sink<? super Amount> downstream) {
      this.downstream = downstream;
    }

    @Override
    public boolean accept(Amount item) {
      given++;
      Amount doubled;
      try {
        doubled = function.apply(item);
      } catch (Throwable thrown) {
        if (fault == Fault.LETS_ITS_FUNCTION_THROW_INTO_THE_SINK) {
          throw thrown;
        }
        if (fault == Fault.GIVES_AN_ELEMENT_MORE_BEFORE_A_FAILURE) {
          boolean unused = downstream.accept(item);
        }
        failure = thrown;
        return false;
      }
      if (fault == Fault.LOSES_AN_ELEMENT_IN_POLL_EACH && given == 1) {
        return true;
      }
      if (fault == Fault.LOSES_AN_ELEMENT && given == 1) {
        return true;
      }
      try {
        return downstream.accept(doubled) || fault == Fault.IGNORES_THE_SINK;
      } catch (RuntimeException thrown) {
        violated = true;
        if (fault == Fault.REPORTS_NO_SINK) {
          failure = thrown; // as if it were the function's
          return false;
        }
        throw thrown;
      }
    }
  }

  private Exception failed(Exception failure) {
    fail();
    return fault == Fault.WRAPS_EXCEPTIONS ? new Exception(failure) : failure;
  }

  private Exception failed(Error failure) {
    fail();
    if (fault == Fault.WRAPS_ERRORS) {
      return new Exception(failure);
    }
    throw failure;
  }

  private void fail() {
    if (fault == Fault.KEEPS_ITS_CHILD_RUNNING_AT_A_FAILURE) {
      over = true;
      function = null;
    } else {
      cancel();
      cancelled = false;
    }
  }

  /** After the end of the upstream. */
  private void end() {
    upstreamEnded = true;
    over = true;
    function = null;
    firstWaker = null;
    firstThread = null;
  }

  @Override
  public void cancel() {
    if (over) {
      return;
    }
    cancelled = true;
    over = true;
    function = null;
    firstWaker = null;
    firstThread = null;
    try {
      upstream.cancel();
    } catch (RuntimeException failure) {
      if (fault == Fault.LETS_A_CANCEL_THROW) {
        throw failure;
      }
      (discard == null ? Discard.closing() : discard).uncaught(failure, "doubling");
    }
  }

  @Override
  public boolean knownEnded() {
    return !over && fault == Fault.SAYS_THAT_IT_ENDED_TOO_EARLY && given == 2;
  }

  @Override
  public void describe(Description description) {
    description.name("doubling").with("kept", kept != null);
    if (fault != Fault.IS_NOT_DESCRIBED) {
      description.stream("upstream", upstream);
    }
  }
}
