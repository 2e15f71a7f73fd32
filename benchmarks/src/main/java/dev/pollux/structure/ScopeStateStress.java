package dev.pollux.structure;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.core.TaskFailedException;
import dev.pollux.core.Waker;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** The ends of children and spawns, against the close of their scope and against each other. */
public final class ScopeStateStress {
  private ScopeStateStress() {}

  /** A scope with room for one child, which it has. */
  abstract static class OneChild {
    final ScopeState state =
        new ScopeState(
            ScopeOptions.defaults()
                .withMaxConcurrent(1)
                .withUncaughtFailureHandler((failure, origin) -> {}));
    final ScopeChild<Object> child = new ScopeChild<>(state, Futures.pending());
    final Handle handle = new Handle();
    final AtomicInteger wakes = new AtomicInteger();
    final Waker waker = wakes::incrementAndGet;

    OneChild() {
      if (state.admitNow() != ScopeState.Admission.GRANTED || !state.begin(child)) {
        throw new AssertionError("no room for the first");
      }
    }
  }

  /** A spawn that waits. */
  static final class Waiting extends ScopeState.Place {}

  /** A join that waits. */
  static final class Joining extends ScopeState.Watcher {
    Joining() {
      super(true);
    }
  }

  /** The child ends, and so gives its permit to a spawn that is just being cancelled. */
  @JCStressTest
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "One permit is free, and no other.")
  @Outcome(expect = FORBIDDEN, desc = "The permit is lost, or doubled.")
  @State
  public static class GrantVsCancel extends OneChild {
    private final Waiting place = new Waiting();

    public GrantVsCancel() {
      state.started(child, handle);
      if (state.admit(place, waker) != ScopeState.Admission.WAITING) {
        throw new AssertionError("room for two");
      }
    }

    @Actor
    public void child() {
      state.ended(child, null);
    }

    @Actor
    public void canceller() {
      state.withdraw(place);
    }

    @Arbiter
    public void after(II_Result r) {
      r.r1 = state.admitNow() == ScopeState.Admission.GRANTED ? 1 : 0;
      r.r2 = state.admitNow() == ScopeState.Admission.GRANTED ? 1 : 0;
    }
  }

  /** The scope is closed while the spawner has not yet returned the handle. */
  @JCStressTest
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "The child was asked to stop.")
  @Outcome(id = "0, 1", expect = FORBIDDEN, desc = "The close missed the child.")
  @Outcome(expect = FORBIDDEN, desc = "The child is not counted.")
  @State
  public static class StartVsClose extends OneChild {
    @Actor
    public void spawner() {
      state.started(child, handle);
    }

    @Actor
    public void closer() {
      state.close();
    }

    @Arbiter
    public void after(II_Result r) {
      r.r1 = Math.min(1, handle.requests.get());
      r.r2 = state.live();
    }
  }

  /** The child fails before the spawner has returned its handle, or after. */
  @JCStressTest
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "Settled, and the failure is kept.")
  @Outcome(id = "1, .*", expect = FORBIDDEN, desc = "The child never ends.")
  @Outcome(expect = FORBIDDEN, desc = "The failure is lost.")
  @State
  public static class EndVsStart extends OneChild {
    @Actor
    public void spawner() {
      state.started(child, handle);
    }

    @Actor
    public void child() {
      state.ended(child, new IOException("expected"));
    }

    @Arbiter
    public void after(II_Result r) {
      r.r1 = state.live();
      TaskFailedException failure = state.claimFailures(new Joining());
      r.r2 = failure == null ? 0 : 1;
    }
  }

  /** A join looks while the last child ends. */
  @JCStressTest
  @Outcome(
      id = {"1, 0", "0, 1"},
      expect = ACCEPTABLE,
      desc = "The join sees the end, or is woken.")
  @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "The wake-up is lost.")
  @State
  public static class EndVsJoin extends OneChild {
    public EndVsJoin() {
      state.started(child, handle);
    }

    @Actor
    public void child() {
      state.ended(child, null);
    }

    @Actor
    public void joiner(II_Result r) {
      r.r1 = state.awaitEnd(new Joining(), waker) ? 1 : 0;
    }

    @Arbiter
    public void after(II_Result r) {
      r.r2 = wakes.get();
    }
  }

  /** The scope is closed while its child ends, and a spawn waits for room. */
  @JCStressTest
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "The spawn is granted or refused, and woken.")
  @Outcome(id = "0, .*", expect = FORBIDDEN, desc = "The spawn waits for ever.")
  @Outcome(expect = FORBIDDEN, desc = "Woken twice, or the child is counted for ever.")
  @State
  public static class EndVsClose extends OneChild {
    private final Waiting place = new Waiting();

    public EndVsClose() {
      state.started(child, handle);
      if (state.admit(place, waker) != ScopeState.Admission.WAITING) {
        throw new AssertionError("room for two");
      }
    }

    @Actor
    public void child() {
      state.ended(child, null);
    }

    @Actor
    public void closer() {
      state.close();
    }

    @Arbiter
    public void after(II_Result r) {
      r.r1 = wakes.get();
      r.r2 = state.live();
    }
  }

  /** A handle that counts the requests to stop. */
  static final class Handle implements JoinHandle<Object> {
    final AtomicInteger requests = new AtomicInteger();
    private final Future<Object> never = Futures.pending();

    @Override
    public Poll<Object> poll(Context cx) throws Exception {
      return never.poll(cx);
    }

    @Override
    public void requestCancel() {
      requests.incrementAndGet();
    }

    @Override
    public void detach() {}

    @Override
    public boolean isFinished() {
      return false;
    }

    @Override
    public Object join() {
      throw new IllegalStateException("never ends");
    }

    @Override
    public Object join(Duration timeout) {
      throw new IllegalStateException("never ends");
    }

    @Override
    public long id() {
      return 1;
    }

    @Override
    public Optional<String> name() {
      return Optional.empty();
    }

    @Override
    public Optional<StackTraceElement> spawnSite() {
      return Optional.empty();
    }
  }
}
