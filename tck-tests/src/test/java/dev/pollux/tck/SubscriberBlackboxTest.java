package dev.pollux.tck;

import org.reactivestreams.Subscriber;
import org.reactivestreams.tck.SubscriberBlackboxVerification;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.Factory;

/** The subscriber of an iterator of a publisher, seen from outside. */
public class SubscriberBlackboxTest extends SubscriberBlackboxVerification<Long> {

  private final Workers workers;
  private Carrier carrier;

  @Factory(dataProvider = "workers", dataProviderClass = Workers.class)
  public SubscriberBlackboxTest(Workers workers) {
    super(Carrier.environment());
    this.workers = workers;
  }

  @BeforeClass
  public void start() {
    carrier = Carrier.start(workers);
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
