package dev.pollux.structure;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.pollux.core.Future;
import dev.pollux.core.Poller;
import dev.pollux.core.Waker;
import dev.pollux.spi.Services;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** The races of {@code Occurrence}, in trees of tokens: each pair of steps that can meet. */
public final class OccurrenceStress {

  private OccurrenceStress() {}

  /** A waiter with a poller and a waker of its own. */
  static final class Waiting {
    private final Poller poller = new Poller(new Services() {}, 1, false);
    private final Future<Void> future;
    private final CountingWaker waker = new CountingWaker();

    Waiting(CancellationToken token) {
      this.future = token.whenCancelled();
    }

    /** Polls once; returns whether the answer was Ready. */
    boolean poll() {
      try {
        return poller.poll(future, waker).isReady();
      } catch (Exception failure) {
        throw new AssertionError(failure);
      }
    }

    Waiting polled() {
      poll();
      return this;
    }

    void giveUp() {
      future.cancel();
    }

    int wakes() {
      return waker.count.get();
    }

    int told() {
      return wakes() > 0 ? 1 : 0;
    }
  }

  /** A waker that counts. */
  static final class CountingWaker implements Waker {
    final AtomicInteger count = new AtomicInteger();

    @Override
    public void wake() {
      count.incrementAndGet();
    }
  }

  /** A tree of three, in which nobody listens yet. */
  abstract static class Tree {
    final CancellationToken root = CancellationToken.create();
    final CancellationToken child = root.child();
    final CancellationToken leaf = child.child();

    /** How many of the three have somebody in their list. */
    final int listenedTo() {
      return (root.cancellation().hasListeners() ? 1 : 0)
          + (child.cancellation().hasListeners() ? 1 : 0)
          + (leaf.cancellation().hasListeners() ? 1 : 0);
    }
  }

  /** R1: a waiter of the token itself. */
  @JCStressTest
  @Outcome(
      id = {"1, 0", "1, 1", "0, 1"},
      expect = ACCEPTABLE,
      desc = "The waiter sees it, or is woken.")
  @Outcome(expect = FORBIDDEN, desc = "The waiter waits for ever.")
  @State
  public static class RegisterVsCancel extends Tree {
    private final Waiting waiting = new Waiting(root);

    @Actor
    public void waiter(II_Result r) {
      r.r1 = waiting.poll() ? 1 : 0;
    }

    @Actor
    public void canceller() {
      root.cancel();
    }

    @Arbiter
    public void after(II_Result r) {
      r.r2 = waiting.told();
    }
  }

  /** R2: the tokens are linked one above the other, while the topmost is cancelled. */
  @JCStressTest
  @Outcome(
      id = {"1, .*, 0", "0, 1, 0"},
      expect = ACCEPTABLE,
      desc = "The waiter sees it, or is woken.")
  @Outcome(expect = FORBIDDEN, desc = "The waiter waits for ever, or somebody is left.")
  @State
  public static class LinkVsCancelAtTheTop extends Tree {
    private final Waiting waiting = new Waiting(leaf);

    @Actor
    public void waiter(III_Result r) {
      r.r1 = waiting.poll() ? 1 : 0;
    }

    @Actor
    public void canceller() {
      root.cancel();
    }

    @Arbiter
    public void after(III_Result r) {
      r.r2 = waiting.told();
      r.r3 = listenedTo();
    }
  }

  /** R2: the same, while the one in the middle is cancelled. */
  @JCStressTest
  @Outcome(
      id = {"1, .*, 0", "0, 1, 0"},
      expect = ACCEPTABLE,
      desc = "The waiter sees it, or is woken.")
  @Outcome(expect = FORBIDDEN, desc = "The waiter waits for ever, or somebody is left.")
  @State
  public static class LinkVsCancelInTheMiddle extends Tree {
    private final Waiting waiting = new Waiting(leaf);

    @Actor
    public void waiter(III_Result r) {
      r.r1 = waiting.poll() ? 1 : 0;
    }

    @Actor
    public void canceller() {
      child.cancel();
    }

    @Arbiter
    public void after(III_Result r) {
      r.r2 = waiting.told();
      r.r3 = listenedTo();
    }
  }

  /** R3: one comes while another has not linked the token yet, and then cancels the topmost. */
  @JCStressTest
  @Outcome(
      id = {"1, 1, 0"},
      expect = ACCEPTABLE,
      desc = "Each sees it, or is woken.")
  @Outcome(expect = FORBIDDEN, desc = "One of them waits for ever, or somebody is left.")
  @State
  public static class RegisterVsRegisterAndCancel extends Tree {
    private final Waiting first = new Waiting(leaf);
    private final Waiting second = new Waiting(leaf);

    @Actor
    public void one(III_Result r) {
      r.r1 = first.poll() ? 1 : 0;
    }

    @Actor
    public void other(III_Result r) {
      r.r2 = second.poll() ? 1 : 0;
      root.cancel();
    }

    @Arbiter
    public void after(III_Result r) {
      r.r1 |= first.told();
      r.r2 |= second.told();
      r.r3 = listenedTo();
    }
  }

  /** R3: two come at once, and both are told by a cancel that comes later. */
  @JCStressTest
  @Outcome(
      id = {"1, 1, 3"},
      expect = ACCEPTABLE,
      desc = "Both are linked up to the root.")
  @Outcome(expect = FORBIDDEN, desc = "One of them is not linked.")
  @State
  public static class RegisterVsRegister extends Tree {
    private final Waiting first = new Waiting(leaf);
    private final Waiting second = new Waiting(leaf);

    @Actor
    public void one() {
      first.poll();
    }

    @Actor
    public void other() {
      second.poll();
    }

    @Arbiter
    public void after(III_Result r) {
      r.r3 = listenedTo();
      root.cancel();
      r.r1 = first.wakes();
      r.r2 = second.wakes();
    }
  }

  /** R4: the last leaves while another comes, and the top is cancelled later. */
  @JCStressTest
  @Outcome(
      id = {"0, 1, 3"},
      expect = ACCEPTABLE,
      desc = "Who stays is linked up to the root.")
  @Outcome(expect = FORBIDDEN, desc = "Who stays is not told, or who left is.")
  @State
  public static class UnlinkVsLink extends Tree {
    private final Waiting leaving = new Waiting(leaf).polled();
    private final Waiting coming = new Waiting(leaf);

    @Actor
    public void one() {
      leaving.giveUp();
    }

    @Actor
    public void other() {
      coming.poll();
    }

    @Arbiter
    public void after(III_Result r) {
      r.r3 = listenedTo();
      root.cancel();
      r.r1 = leaving.wakes();
      r.r2 = coming.wakes();
    }
  }

  /** R4: the last two leave at once, from one token and from the one above it. */
  @JCStressTest
  @Outcome(
      id = {"0, 0, 0"},
      expect = ACCEPTABLE,
      desc = "Nobody is left.")
  @Outcome(expect = FORBIDDEN, desc = "A token is left in the list of its parent.")
  @State
  public static class UnlinkVsUnlink extends Tree {
    private final Waiting first = new Waiting(leaf).polled();
    private final Waiting second = new Waiting(child).polled();

    @Actor
    public void one() {
      first.giveUp();
    }

    @Actor
    public void other() {
      second.giveUp();
    }

    @Arbiter
    public void after(III_Result r) {
      r.r3 = listenedTo();
      root.cancel();
      r.r1 = first.wakes();
      r.r2 = second.wakes();
    }
  }

  /** R1: one leaves while the token is cancelled, from between others, who must be told. */
  @JCStressTest
  @Outcome(
      id = {"0, 1, 0", "1, 1, 0"},
      expect = ACCEPTABLE,
      desc = "Who stays is woken once.")
  @Outcome(expect = FORBIDDEN, desc = "Who stays is not told, or the list is torn.")
  @State
  public static class LeaveVsCancel extends Tree {
    private final Waiting older = new Waiting(root).polled();
    private final Waiting leaving = new Waiting(root).polled();
    private final Waiting newer = new Waiting(root).polled();

    @Actor
    public void leaves() {
      leaving.giveUp();
    }

    @Actor
    public void canceller() {
      root.cancel();
    }

    @Arbiter
    public void after(III_Result r) {
      r.r1 = leaving.wakes();
      r.r2 = older.wakes() == 1 && newer.wakes() == 1 ? 1 : 0;
      r.r3 = listenedTo();
    }
  }

  /** R5: the last leaves while the top is cancelled; others are beside it, who must be told. */
  @JCStressTest
  @Outcome(
      id = {"0, 1, 0", "1, 1, 0"},
      expect = ACCEPTABLE,
      desc = "Who stays is woken once.")
  @Outcome(expect = FORBIDDEN, desc = "Who stays is not told, or the lists are torn.")
  @State
  public static class UnlinkVsCancel extends Tree {
    private final Waiting older = new Waiting(root.child()).polled();
    private final Waiting leaving = new Waiting(leaf).polled();
    private final Waiting newer = new Waiting(root.child()).polled();

    @Actor
    public void leaves() {
      leaving.giveUp();
    }

    @Actor
    public void canceller() {
      root.cancel();
    }

    @Arbiter
    public void after(III_Result r) {
      r.r1 = leaving.wakes();
      r.r2 = older.wakes() == 1 && newer.wakes() == 1 ? 1 : 0;
      r.r3 = listenedTo();
    }
  }

  /** R5: one leaves and comes again, while the top is cancelled. */
  @JCStressTest
  @Outcome(
      id = {"1, .*, 0", "0, 1, 0"},
      expect = ACCEPTABLE,
      desc = "The new waiter sees it, or is woken.")
  @Outcome(expect = FORBIDDEN, desc = "The new waiter waits for ever, or somebody is left.")
  @State
  public static class RelinkVsCancel extends Tree {
    private final Waiting leaving = new Waiting(leaf).polled();
    private final Waiting coming = new Waiting(leaf);

    @Actor
    public void leavesAndComes(III_Result r) {
      leaving.giveUp();
      r.r1 = coming.poll() ? 1 : 0;
    }

    @Actor
    public void canceller() {
      root.cancel();
    }

    @Arbiter
    public void after(III_Result r) {
      r.r2 = coming.told();
      r.r3 = listenedTo();
    }
  }

  /** R6: one is cancelled, and one above it; a callback runs once, a waiter is woken once. */
  @JCStressTest
  @Outcome(
      id = {"1, 1, 0"},
      expect = ACCEPTABLE,
      desc = "Told once.")
  @Outcome(expect = FORBIDDEN, desc = "Told twice, or never.")
  @State
  public static class CancelVsCancelAbove extends Tree {
    private final AtomicInteger runs = new AtomicInteger();
    private final Waiting waiting = new Waiting(leaf).polled();

    public CancelVsCancelAbove() {
      child.onCancel(runs::incrementAndGet);
    }

    @Actor
    public void one() {
      root.cancel();
    }

    @Actor
    public void other() {
      child.cancel();
    }

    @Arbiter
    public void after(III_Result r) {
      r.r1 = runs.get();
      r.r2 = waiting.wakes();
      r.r3 = listenedTo();
    }
  }

  /** A child is made while its parent is cancelled. */
  @JCStressTest
  @Outcome(
      id = {"1, 1"},
      expect = ACCEPTABLE,
      desc = "It is cancelled, and its waiter told.")
  @Outcome(expect = FORBIDDEN, desc = "It is not, or its waiter waits for ever.")
  @State
  public static class ChildVsCancel extends Tree {
    @SuppressWarnings("NullAway.Init") // by the actor
    private Waiting waiting;

    @SuppressWarnings("NullAway.Init") // by the actor
    private CancellationToken made;

    @Actor
    public void maker(II_Result r) {
      made = child.child();
      waiting = new Waiting(made);
      r.r1 = waiting.poll() ? 1 : 0;
    }

    @Actor
    public void canceller() {
      root.cancel();
    }

    @Arbiter
    public void after(II_Result r) {
      r.r1 |= waiting.told();
      r.r2 = made.isCancelled() ? 1 : 0;
    }
  }

  /** Callbacks come while their token is cancelled, and a token above. */
  @JCStressTest
  @Outcome(id = "2, 0", expect = ACCEPTABLE, desc = "Both run once.")
  @Outcome(expect = FORBIDDEN, desc = "One runs twice, or never.")
  @State
  public static class CallbackVsCancel extends Tree {
    private final AtomicInteger runs = new AtomicInteger();

    @Actor
    public void registers() {
      leaf.onCancel(runs::incrementAndGet);
      root.onCancel(runs::incrementAndGet);
    }

    @Actor
    public void canceller() {
      root.cancel();
    }

    @Arbiter
    public void after(II_Result r) {
      r.r1 = runs.get();
      r.r2 = listenedTo();
    }
  }

  /** A callback is closed while its token is cancelled. */
  @JCStressTest
  @Outcome(id = "0, 0, 0", expect = ACCEPTABLE, desc = "Closed in time: it never runs.")
  @Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "Too late, and the answer says so.")
  @Outcome(expect = FORBIDDEN, desc = "It runs though the close said that it won't.")
  @State
  public static class CloseVsCancel extends Tree {
    private final AtomicInteger runs = new AtomicInteger();
    private final CancelRegistration registration = leaf.onCancel(runs::incrementAndGet);

    @Actor
    public void closes(III_Result r) {
      registration.close();
      r.r1 = registration.hasStarted() ? 1 : 0;
    }

    @Actor
    public void canceller() {
      root.cancel();
    }

    @Arbiter
    public void after(III_Result r) {
      r.r2 = runs.get();
      r.r3 = listenedTo();
    }
  }

  /** What was written before the cancel is seen by who finds it cancelled, by a walk up. */
  @JCStressTest
  @Outcome(
      id = {"0, 0", "0, 1", "1, 1"},
      expect = ACCEPTABLE,
      desc = "In order.")
  @Outcome(id = "1, 0", expect = FORBIDDEN, desc = "Cancelled, but what led to it is not seen.")
  @State
  public static class CancelPublishes extends Tree {
    private int written;

    @Actor
    public void canceller() {
      written = 1;
      root.cancel();
    }

    @Actor
    public void looks(II_Result r) {
      r.r1 = leaf.isCancelled() ? 1 : 0;
      r.r2 = written;
    }
  }
}
