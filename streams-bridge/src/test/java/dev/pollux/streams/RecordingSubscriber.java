package dev.pollux.streams;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** Writes down what it is told, and does what the test says when it is told. */
public final class RecordingSubscriber<T> implements Subscriber<T> {

  /** All signals in the order in which they came. */
  public final List<String> signals = new ArrayList<>();

  public final List<T> items = new ArrayList<>();
  public Subscription subscription;
  public Throwable error;
  public boolean completed;

  private Consumer<Subscription> onSubscribe = subscription -> {};
  private Consumer<T> onNext = item -> {};
  private Runnable onEnd = () -> {};

  @CanIgnoreReturnValue
  public RecordingSubscriber<T> onSubscribeDo(Consumer<Subscription> action) {
    onSubscribe = action;
    return this;
  }

  @CanIgnoreReturnValue
  public RecordingSubscriber<T> onNextDo(Consumer<T> action) {
    onNext = action;
    return this;
  }

  @CanIgnoreReturnValue
  public RecordingSubscriber<T> onEndDo(Runnable action) {
    onEnd = action;
    return this;
  }

  @Override
  public void onSubscribe(Subscription subscription) {
    signals.add("onSubscribe");
    this.subscription = subscription;
    onSubscribe.accept(subscription);
  }

  @Override
  public void onNext(T item) {
    signals.add("onNext " + item);
    items.add(item);
    onNext.accept(item);
  }

  @Override
  public void onError(Throwable error) {
    signals.add("onError " + error.getClass().getSimpleName());
    this.error = error;
    onEnd.run();
  }

  @Override
  public void onComplete() {
    signals.add("onComplete");
    completed = true;
    onEnd.run();
  }
}
