package dev.pollux.tck;

import org.reactivestreams.Subscriber;
import org.reactivestreams.tck.SubscriberBlackboxVerification;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;

/** The subscriber of an iterator of a {@code Flux}, seen from outside. */
public class FluxSubscriberBlackboxTest extends SubscriberBlackboxVerification<Long> {

  private Carrier carrier;

  public FluxSubscriberBlackboxTest() {
    super(Carrier.environment());
  }

  @BeforeClass
  public void start() {
    carrier = Carrier.start();
  }

  @AfterClass(alwaysRun = true)
  public void stop() {
    carrier.close();
  }

  @Override
  public Subscriber<Long> createSubscriber() {
    return Inlet.openFlux(carrier.runtime()).subscriber();
  }

  @Override
  public Long createElement(int element) {
    return (long) element;
  }
}
