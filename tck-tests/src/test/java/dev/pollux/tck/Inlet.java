package dev.pollux.tck;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.core.Turn;
import dev.pollux.spi.Spawner;
import dev.pollux.streams.Streams;
import dev.pollux.streams.reactor.ReactorStreams;
import dev.pollux.streams.rxjava.RxStreams;
import io.reactivex.rxjava3.core.Flowable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.reactivestreams.FlowAdapters;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import reactor.core.publisher.Flux;

/**
 * A task that reads the iterator of a publisher to its end, and the subscriber by which it does so:
 * the way to get at the subscriber through the public interface.
 */
final class Inlet {

  /** Small, so that suites that send a few elements meet a refill. */
  static final int CAPACITY = 4;

  private final Subscriber<Long> subscriber;
  private final JoinHandle<Void> task;

  private Inlet(Subscriber<Long> subscriber, JoinHandle<Void> task) {
    this.subscriber = subscriber;
    this.task = task;
  }

  /** The inlet of {@link Streams#fromPublisher}. */
  static Inlet open(Spawner spawner) {
    CompletableFuture<Subscriber<? super Long>> captured = new CompletableFuture<>();
    Publisher<Long> publisher = captured::complete;
    return open(Streams.fromPublisher(publisher, CAPACITY), captured, spawner);
  }

  /** The inlet of {@link Streams#fromFlowPublisher}. */
  static Inlet openFlow(Spawner spawner) {
    CompletableFuture<Subscriber<? super Long>> captured = new CompletableFuture<>();
    Flow.Publisher<Long> publisher =
        subscriber -> captured.complete(FlowAdapters.toSubscriber(subscriber));
    return open(Streams.fromFlowPublisher(publisher, CAPACITY), captured, spawner);
  }

  /** The inlet of {@link ReactorStreams#fromFlux}. */
  static Inlet openFlux(Spawner spawner) {
    CompletableFuture<Subscriber<? super Long>> captured = new CompletableFuture<>();
    Publisher<Long> publisher = captured::complete;
    return open(ReactorStreams.fromFlux(Flux.from(publisher), CAPACITY), captured, spawner);
  }

  /** The inlet of {@link RxStreams#fromFlowable}. */
  static Inlet openFlowable(Spawner spawner) {
    CompletableFuture<Subscriber<? super Long>> captured = new CompletableFuture<>();
    Publisher<Long> publisher = captured::complete;
    return open(
        RxStreams.fromFlowable(Flowable.fromPublisher(publisher), CAPACITY), captured, spawner);
  }

  private static Inlet open(
      AsyncIterator<Long> iterator,
      CompletableFuture<Subscriber<? super Long>> captured,
      Spawner spawner) {
    JoinHandle<Void> task = spawner.spawn(new Drain(iterator));
    @SuppressWarnings("unchecked") // a subscriber of more takes these
    Subscriber<Long> subscriber =
        (Subscriber<Long>) captured.orTimeout(30, TimeUnit.SECONDS).join();
    return new Inlet(subscriber, task);
  }

  Subscriber<Long> subscriber() {
    return subscriber;
  }

  /** Has the task cancel the iterator. */
  void cancel() {
    task.requestCancel();
  }

  /** Takes all elements; a failure of the iterator is what some tests send, and ends the task. */
  private record Drain(AsyncIterator<Long> iterator) implements Future<Void> {

    @Override
    public Poll<Void> poll(Context cx) {
      try {
        Turn turn = iterator.pollEach(cx, item -> true);
        return turn == Turn.ENDED ? Poll.done() : Poll.pending();
      } catch (Exception sent) {
        return Poll.done();
      }
    }

    @Override
    public void cancel() {
      iterator.cancel();
    }
  }
}
