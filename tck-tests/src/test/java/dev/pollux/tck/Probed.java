package dev.pollux.tck;

import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import org.reactivestreams.tck.SubscriberWhiteboxVerification.SubscriberPuppet;
import org.reactivestreams.tck.SubscriberWhiteboxVerification.WhiteboxSubscriberProbe;

/** Hands every signal to the subscriber of an inlet, and then tells the probe of it. */
record Probed(Inlet inlet, WhiteboxSubscriberProbe<Long> probe) implements Subscriber<Long> {

  @Override
  public void onSubscribe(Subscription subscription) {
    inlet.subscriber().onSubscribe(subscription);
    probe.registerOnSubscribe(
        new SubscriberPuppet() {
          @Override
          public void triggerRequest(long elements) {
            // The task takes what comes, and asks for more by itself.
          }

          @Override
          public void signalCancel() {
            inlet.cancel();
          }
        });
  }

  @Override
  public void onNext(Long element) {
    inlet.subscriber().onNext(element);
    probe.registerOnNext(element);
  }

  @Override
  public void onError(Throwable failure) {
    inlet.subscriber().onError(failure);
    probe.registerOnError(failure);
  }

  @Override
  public void onComplete() {
    inlet.subscriber().onComplete();
    probe.registerOnComplete();
  }
}
