package dev.pollux.streams;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongConsumer;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** A publisher whose signals the test sends itself, and which writes down what it is asked. */
public final class ManualPublisher<T> implements Publisher<T> {

  public Subscriber<? super T> subscriber;
  public boolean subscribesAtOnce = true;

  public final Asked asked = new Asked();

  /** What a subscription was asked, in order. */
  public static final class Asked implements Subscription {

    public final List<String> calls = new CopyOnWriteArrayList<>();
    public LongConsumer onRequest = n -> {};
    public Runnable onCancel = () -> {};

    @Override
    public void request(long n) {
      calls.add("request " + n);
      onRequest.accept(n);
    }

    @Override
    public void cancel() {
      calls.add("cancel");
      onCancel.run();
    }
  }

  @Override
  public void subscribe(Subscriber<? super T> subscriber) {
    this.subscriber = subscriber;
    if (subscribesAtOnce) {
      subscriber.onSubscribe(asked);
    }
  }

  @SafeVarargs
  public final void emit(T... items) {
    for (T item : items) {
      subscriber.onNext(item);
    }
  }
}
