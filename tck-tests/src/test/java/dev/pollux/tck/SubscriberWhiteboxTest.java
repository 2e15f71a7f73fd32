package dev.pollux.tck;

import org.reactivestreams.Subscriber;
import org.reactivestreams.tck.SubscriberWhiteboxVerification;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.Factory;

/** The subscriber of an iterator of a publisher, with a probe that sees its signals. */
public class SubscriberWhiteboxTest extends SubscriberWhiteboxVerification<Long> {

  private final Workers workers;
  private Carrier carrier;

  @Factory(dataProvider = "workers", dataProviderClass = Workers.class)
  public SubscriberWhiteboxTest(Workers workers) {
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
  public Subscriber<Long> createSubscriber(WhiteboxSubscriberProbe<Long> probe) {
    return new Probed(Inlet.open(carrier.runtime()), probe);
  }

  @Override
  public Long createElement(int element) {
    return (long) element;
  }
}
