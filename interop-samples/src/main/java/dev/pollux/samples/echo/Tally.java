package dev.pollux.samples.echo;

import dev.pollux.io.limit.LimitCounts;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts for {@link EchoCounts}. Bytes are added when a connection ends.
 *
 * @threading any thread
 */
final class Tally {

  /** How a connection ends. */
  enum End {
    CLOSED,
    FAILED,
    /** It has exceeded a limit. */
    REFUSED,
    /** There was no agreement on TLS. */
    HANDSHAKE_FAILED,
    /** It took too long. */
    HANDSHAKE_TIMED_OUT,
    DRAINED,
    CUT_OFF
  }

  private final LongAdder accepted = new LongAdder();
  private final LongAdder closed = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder handshakesFailed = new LongAdder();
  private final LongAdder handshakesTimedOut = new LongAdder();
  private final LongAdder drained = new LongAdder();
  private final LongAdder cutOff = new LongAdder();
  private final LongAdder echoedBytes = new LongAdder();
  private final LongAdder lateBytes = new LongAdder();

  private final LimitCounts limits;

  /** For connections that may do what they want. */
  Tally() {
    this(new LimitCounts());
  }

  Tally(LimitCounts limits) {
    this.limits = limits;
  }

  void accepted() {
    accepted.increment();
  }

  void ended(End how, long echoed, long late) {
    echoedBytes.add(echoed);
    lateBytes.add(late);
    switch (how) {
      case CLOSED -> closed.increment();
      case FAILED -> failed.increment();
      case REFUSED -> refused.increment();
      case HANDSHAKE_FAILED -> handshakesFailed.increment();
      case HANDSHAKE_TIMED_OUT -> handshakesTimedOut.increment();
      case DRAINED -> drained.increment();
      case CUT_OFF -> cutOff.increment();
    }
  }

  EchoCounts counts() {
    return new EchoCounts(
        accepted.sum(),
        closed.sum(),
        failed.sum(),
        refused.sum(),
        handshakesFailed.sum(),
        handshakesTimedOut.sum(),
        drained.sum(),
        cutOff.sum(),
        echoedBytes.sum(),
        lateBytes.sum(),
        EchoCounts.refusals(limits));
  }
}
