package dev.pollux.samples.bench.peer;

import java.util.Objects;
import kotlin.Unit;
import kotlin.coroutines.Continuation;
import kotlinx.coroutines.CoroutineScope;
import kotlinx.coroutines.channels.BufferOverflow;
import kotlinx.coroutines.channels.Channel;
import kotlinx.coroutines.channels.ChannelIterator;
import kotlinx.coroutines.channels.ChannelKt;
import org.jspecify.annotations.Nullable;

/** The coroutines at the two ends of a {@code Channel}. */
final class KotlinChannel {

  private KotlinChannel() {}

  /** Begins a producer and a consumer, and awaits the sum. */
  static final class Both extends Coroutine<Counted> {
    private final int items;
    private final int capacity;
    private final @Nullable CoroutineScope scope;
    private long begunNanos;
    private boolean begun;

    Both(int items, int capacity) {
      this(items, capacity, null, null);
    }

    private Both(
        int items,
        int capacity,
        @Nullable CoroutineScope scope,
        @Nullable Continuation<Object> completion) {
      super(completion);
      this.items = items;
      this.capacity = capacity;
      this.scope = scope;
    }

    @Override
    Coroutine<Counted> started(CoroutineScope scope, Continuation<Object> completion) {
      return new Both(items, capacity, scope, completion);
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
      Channel<Integer> channel = ChannelKt.Channel(capacity, BufferOverflow.SUSPEND, null);
      launch(new Producer(channel, items));
      return async(scope, new Consumer(channel)).await(this);
    }
  }

  /** {@code for (i in 0 until items) channel.send(i); channel.close()}. */
  private static final class Producer extends Coroutine<Unit> {
    private final Channel<Integer> channel;
    private final int items;
    private int sent;

    Producer(Channel<Integer> channel, int items) {
      this(channel, items, null);
    }

    private Producer(
        Channel<Integer> channel, int items, @Nullable Continuation<Object> completion) {
      super(completion);
      this.channel = channel;
      this.items = items;
    }

    @Override
    Coroutine<Unit> started(CoroutineScope scope, Continuation<Object> completion) {
      return new Producer(channel, items, completion);
    }

    @Override
    Object step(Object value) {
      while (sent < items) {
        if (channel.send(sent++, this) == SUSPENDED) {
          return SUSPENDED;
        }
      }
      channel.close(null);
      return Unit.INSTANCE;
    }
  }

  /** {@code for (item in channel) sum += item}. */
  private static final class Consumer extends Coroutine<Long> {
    private final Channel<Integer> channel;
    private final ChannelIterator<Integer> items;
    private boolean begun;
    private long sum;

    Consumer(Channel<Integer> channel) {
      this(channel, null);
    }

    private Consumer(Channel<Integer> channel, @Nullable Continuation<Object> completion) {
      super(completion);
      this.channel = channel;
      this.items = channel.iterator();
    }

    @Override
    Coroutine<Long> started(CoroutineScope scope, Continuation<Object> completion) {
      return new Consumer(channel, completion);
    }

    @Override
    Object step(Object value) {
      Object hasNext = value;
      if (!begun) {
        begun = true;
        hasNext = items.hasNext(this);
      }
      while (hasNext != SUSPENDED) {
        if (!(Boolean) hasNext) {
          return sum;
        }
        sum += items.next();
        hasNext = items.hasNext(this);
      }
      return SUSPENDED;
    }
  }
}
