package dev.pollux.io.tls;

import static java.lang.invoke.MethodHandles.lookup;

import com.google.errorprone.annotations.Keep;
import dev.pollux.core.AtomicWaker;
import dev.pollux.core.Waker;
import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.VarHandle;

/**
 * Who may use the way out of a connection: who writes, or who reads and has something to send.
 *
 * <p>As a waker, this wakes both of them.
 *
 * @threading each of the two polls on one thread at a time, and both at once; {@link #tryEnter()}
 *     and {@link #wake()}: any thread
 */
final class Turn implements Waker {
  /*
   * The word `state`
   *  FREE    nobody has the turn.
   *  HELD    somebody has it, for a part of one poll.
   *  ASKED   so, and another wants it too.
   *
   * Invariants
   *  I1  Only one has the turn.
   *  I2  Whoever is refused has left its waker in its slot before, and who has had the turn then wakes both.
   *
   * Transitions
   *  FREE   --enter, tryEnter-->  HELD
   *  HELD   --enter-->            ASKED    refused
   *  ASKED  --enter-->            ASKED    refused
   *  HELD   --leave-->            FREE
   *  ASKED  --leave-->            FREE     both are woken
   *
   * No wake-up is lost. Who is refused stores its waker, and then makes the word ASKED, or finds it ASKED. The leave that ends
   * that turn comes later in the order of the word: it is an exchange, reads ASKED, and what was stored before is seen by it. If
   * the word was found ASKED, then another has made it that, or the same one in an earlier poll, and the same leave ends it.
   *
   * The turn is never held between two polls. So nobody waits long for it, no task that is cancelled holds it, and what it
   * guards is passed on by the exchange of the leave and the compare-and-set of the next enter.
   *
   * Progress: wait-free but for the loop of enter, which goes round only if the other one has moved.
   */
  private static final int FREE = 0;
  private static final int HELD = 1;
  private static final int ASKED = 2;

  private static final VarHandle STATE =
      ConstantBootstraps.fieldVarHandle(lookup(), "state", VarHandle.class, Turn.class, int.class);

  /** The slot of who reads. */
  final AtomicWaker reader = new AtomicWaker();

  /** The slot of who writes. */
  final AtomicWaker writer = new AtomicWaker();

  @Keep private volatile int state;

  /**
   * Takes the turn; or is refused, and woken when it is worth another try.
   *
   * @param slot of the caller, in which {@code waker} is left in either case
   */
  boolean enter(AtomicWaker slot, Waker waker) {
    slot.register(waker);
    while (true) {
      int seen = state;
      if (seen == FREE) {
        if (STATE.compareAndSet(this, FREE, HELD)) {
          return true;
        }
      } else if (seen == ASKED || STATE.compareAndSet(this, HELD, ASKED)) {
        return false;
      }
    }
  }

  /** Takes the turn if nobody has it. */
  boolean tryEnter() {
    return STATE.compareAndSet(this, FREE, HELD);
  }

  /** Gives the turn up. */
  void leave() {
    if ((int) STATE.getAndSet(this, FREE) == ASKED) {
      wake();
    }
  }

  @Override
  public void wake() {
    reader.wake();
    writer.wake();
  }

  @Override
  public String toString() {
    return switch (state) {
      case FREE -> "free";
      case HELD -> "held";
      default -> "held, and asked for";
    };
  }
}
