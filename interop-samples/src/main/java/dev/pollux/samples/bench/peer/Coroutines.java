package dev.pollux.samples.bench.peer;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import kotlin.Unit;
import kotlin.coroutines.Continuation;
import kotlinx.coroutines.CompletableDeferred;
import kotlinx.coroutines.CompletableDeferredKt;
import kotlinx.coroutines.CoroutineScope;
import kotlinx.coroutines.Deferred;
import kotlinx.coroutines.DelayKt;
import kotlinx.coroutines.Job;
import kotlinx.coroutines.YieldKt;
import org.jspecify.annotations.Nullable;

/** The coroutines of the works of tasks. */
@SuppressWarnings("serial") // never serialized
final class Coroutines {

  private Coroutines() {}

  /** {@code 1}. */
  static final class One extends Coroutine<Integer> {
    One() {
      super(null);
    }

    private One(Continuation<Object> completion) {
      super(completion);
    }

    @Override
    Coroutine<Integer> started(CoroutineScope scope, Continuation<Object> completion) {
      return new One(completion);
    }

    @Override
    Object step(Object value) {
      return 1;
    }
  }

  /** {@code while (done < times) { done++; yield() }; done}. */
  static final class Yields extends Coroutine<Integer> {
    private final int times;
    private int done;

    Yields(int times) {
      this(times, null);
    }

    private Yields(int times, @Nullable Continuation<Object> completion) {
      super(completion);
      this.times = times;
    }

    @Override
    Coroutine<Integer> started(CoroutineScope scope, Continuation<Object> completion) {
      return new Yields(times, completion);
    }

    @Override
    Object step(Object value) {
      while (done < times) {
        done++;
        if (YieldKt.yield(this) == SUSPENDED) {
          return SUSPENDED;
        }
      }
      return done;
    }
  }

  /** {@code all.sumOf { it.await() }}. */
  static final class AwaitAll extends Coroutine<Long> {
    private final List<Deferred<Integer>> all;
    private int awaited;
    private long sum;

    AwaitAll(List<Deferred<Integer>> all) {
      this(all, null);
    }

    private AwaitAll(List<Deferred<Integer>> all, @Nullable Continuation<Object> completion) {
      super(completion);
      this.all = all;
    }

    @Override
    Coroutine<Long> started(CoroutineScope scope, Continuation<Object> completion) {
      return new AwaitAll(all, completion);
    }

    @Override
    Object step(Object value) {
      if (awaited > 0) {
        sum += (Integer) value;
      }
      while (awaited < all.size()) {
        Object output = all.get(awaited++).await(this);
        if (output == SUSPENDED) {
          return SUSPENDED;
        }
        sum += (Integer) output;
      }
      return sum;
    }
  }

  /** {@code List(count) { async(body(it)) }.sumOf { it.await() }}, timed. */
  static final class SpawnAndJoin extends Coroutine<Counted> {
    private final int count;
    private final IntFunction<Coroutine<Integer>> body;
    private final @Nullable CoroutineScope scope;
    private long begunNanos;
    private boolean begun;

    SpawnAndJoin(int count, IntFunction<Coroutine<Integer>> body) {
      this(count, body, null, null);
    }

    private SpawnAndJoin(
        int count,
        IntFunction<Coroutine<Integer>> body,
        @Nullable CoroutineScope scope,
        @Nullable Continuation<Object> completion) {
      super(completion);
      this.count = count;
      this.body = body;
      this.scope = scope;
    }

    @Override
    Coroutine<Counted> started(CoroutineScope scope, Continuation<Object> completion) {
      return new SpawnAndJoin(count, body, scope, completion);
    }

    @Override
    Object step(Object value) {
      Object sum = begun ? value : begin();
      return sum == SUSPENDED ? SUSPENDED : Counted.since(begunNanos, (Long) sum);
    }

    private Object begin() {
      CoroutineScope scope = Objects.requireNonNull(this.scope, "not started");
      begun = true;
      begunNanos = System.nanoTime();
      List<Deferred<Integer>> all = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        all.add(async(scope, body.apply(i)));
      }
      return new AwaitAll(all).invoke(scope, this);
    }
  }

  /** {@code first(); repeat(count) { GlobalScope.launch(body(it)) }}. */
  static final class Launches extends Coroutine<Unit> {
    private final Runnable first;
    private final int count;
    private final IntFunction<Coroutine<Unit>> body;

    Launches(Runnable first, int count, IntFunction<Coroutine<Unit>> body) {
      this(first, count, body, null);
    }

    private Launches(
        Runnable first,
        int count,
        IntFunction<Coroutine<Unit>> body,
        @Nullable Continuation<Object> completion) {
      super(completion);
      this.first = first;
      this.count = count;
      this.body = body;
    }

    @Override
    Coroutine<Unit> started(CoroutineScope scope, Continuation<Object> completion) {
      return new Launches(first, count, body, completion);
    }

    @Override
    Object step(Object value) {
      first.run();
      for (int i = 0; i < count; i++) {
        launch(body.apply(i));
      }
      return Unit.INSTANCE;
    }
  }

  /** Sends a ball to a child by one deferred, and awaits it, greater by one, by another. */
  static final class Player extends Coroutine<Unit> {
    private final int ball;
    private final Consumer<Boolean> isRight;
    private boolean begun;

    Player(int ball, Consumer<Boolean> isRight) {
      this(ball, isRight, null);
    }

    private Player(int ball, Consumer<Boolean> isRight, @Nullable Continuation<Object> completion) {
      super(completion);
      this.ball = ball;
      this.isRight = isRight;
    }

    @Override
    Coroutine<Unit> started(CoroutineScope scope, Continuation<Object> completion) {
      return new Player(ball, isRight, completion);
    }

    @Override
    Object step(Object value) {
      Object answer = begun ? value : begin();
      if (answer == SUSPENDED) {
        return SUSPENDED;
      }
      isRight.accept((Integer) answer == ball + 1);
      return Unit.INSTANCE;
    }

    private Object begin() {
      begun = true;
      CompletableDeferred<Integer> request = deferred();
      CompletableDeferred<Integer> reply = deferred();
      launch(new Child(request, reply));
      request.complete(ball);
      return reply.await(this);
    }
  }

  /** {@code reply.complete(request.await() + 1)}. */
  private static final class Child extends Coroutine<Unit> {
    private final CompletableDeferred<Integer> request;
    private final CompletableDeferred<Integer> reply;
    private boolean begun;

    Child(CompletableDeferred<Integer> request, CompletableDeferred<Integer> reply) {
      this(request, reply, null);
    }

    private Child(
        CompletableDeferred<Integer> request,
        CompletableDeferred<Integer> reply,
        @Nullable Continuation<Object> completion) {
      super(completion);
      this.request = request;
      this.reply = reply;
    }

    @Override
    Coroutine<Unit> started(CoroutineScope scope, Continuation<Object> completion) {
      return new Child(request, reply, completion);
    }

    @Override
    Object step(Object value) {
      Object ball = value;
      if (!begun) {
        begun = true;
        ball = request.await(this);
      }
      if (ball == SUSPENDED) {
        return SUSPENDED;
      }
      reply.complete((Integer) ball + 1);
      return Unit.INSTANCE;
    }
  }

  /** Chains of coroutines that launch the next, one chain after the other. */
  static final class Chains extends Coroutine<Counted> {
    private final int chains;
    private final int depth;
    private int begun;
    private long begunNanos;
    private long hops;

    Chains(int chains, int depth) {
      this(chains, depth, null);
    }

    private Chains(int chains, int depth, @Nullable Continuation<Object> completion) {
      super(completion);
      this.chains = chains;
      this.depth = depth;
    }

    @Override
    Coroutine<Counted> started(CoroutineScope scope, Continuation<Object> completion) {
      return new Chains(chains, depth, completion);
    }

    @Override
    Object step(Object value) {
      if (begun == 0) {
        begunNanos = System.nanoTime();
      } else {
        hops += (Integer) value;
      }
      while (begun < chains) {
        begun++;
        CompletableDeferred<Integer> last = deferred();
        Link.launchNext(depth, 0, last);
        Object answer = last.await(this);
        if (answer == SUSPENDED) {
          return SUSPENDED;
        }
        hops += (Integer) answer;
      }
      return Counted.since(begunNanos, hops);
    }
  }

  /** Launches the next. */
  private static final class Link extends Coroutine<Unit> {
    private final int depth;
    private final int before;
    private final CompletableDeferred<Integer> last;

    private Link(
        int depth,
        int before,
        CompletableDeferred<Integer> last,
        @Nullable Continuation<Object> completion) {
      super(completion);
      this.depth = depth;
      this.before = before;
      this.last = last;
    }

    static void launchNext(int depth, int before, CompletableDeferred<Integer> last) {
      if (before == depth) {
        last.complete(before);
      } else {
        launch(new Link(depth, before + 1, last, null));
      }
    }

    @Override
    Coroutine<Unit> started(CoroutineScope scope, Continuation<Object> completion) {
      return new Link(depth, before, last, completion);
    }

    @Override
    Object step(Object value) {
      launchNext(depth, before, last);
      return Unit.INSTANCE;
    }
  }

  /** {@code try { delay(millis) } finally { over.countDown() }}. */
  static final class Delayed extends Coroutine<Unit> {
    private final long millis;
    private final Latch over;
    private boolean begun;

    Delayed(long millis, Latch over) {
      this(millis, over, null);
    }

    private Delayed(long millis, Latch over, @Nullable Continuation<Object> completion) {
      super(completion);
      this.millis = millis;
      this.over = over;
    }

    @Override
    Coroutine<Unit> started(CoroutineScope scope, Continuation<Object> completion) {
      return new Delayed(millis, over, completion);
    }

    @Override
    Object step(Object value) {
      if (!begun) {
        begun = true;
        if (DelayKt.delay(millis, this) == SUSPENDED) {
          return SUSPENDED;
        }
      }
      over.countDown();
      return Unit.INSTANCE;
    }

    @Override
    void failed() {
      over.countDown();
    }
  }

  /** {@code asleep.countDown(); delay(HOUR_MILLIS)}, with nothing that could be left out. */
  static final class Sleeper extends Coroutine<Unit> {
    private static final long HOUR_MILLIS = 3_600_000;

    private final Latch asleep;
    private boolean begun;

    Sleeper(Latch asleep) {
      this(asleep, null);
    }

    private Sleeper(Latch asleep, @Nullable Continuation<Object> completion) {
      super(completion);
      this.asleep = asleep;
    }

    @Override
    Coroutine<Unit> started(CoroutineScope scope, Continuation<Object> completion) {
      return new Sleeper(asleep, completion);
    }

    @Override
    Object step(Object value) {
      if (!begun) {
        begun = true;
        asleep.countDown();
        return DelayKt.delay(HOUR_MILLIS, this);
      }
      return Unit.INSTANCE;
    }
  }

  /** A one-shot. */
  private static <T> CompletableDeferred<T> deferred() {
    return CompletableDeferredKt.CompletableDeferred((Job) null);
  }
}
