package dev.pollux.tck;

import org.reactivestreams.Subscriber;
import org.reactivestreams.tck.SubscriberBlackboxVerification;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;

/** The subscriber of an iterator of a publisher, seen from outside. */
public class SubscriberBlackboxTest extends SubscriberBlackboxVerification<Long> {

  private Carrier carrier;

  public SubscriberBlackboxTest() {
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
    return Inlet.open(carrier.runtime()).subscriber();
  }

  @Override
  public Long createElement(int element) {
    return (long) element;
  }
}
