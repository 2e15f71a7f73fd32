package dev.pollux.tck;

import org.reactivestreams.Subscriber;
import org.reactivestreams.tck.SubscriberWhiteboxVerification;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;

/** The subscriber of an iterator of a {@code Flowable}, with a probe that sees its signals. */
public class FlowableSubscriberWhiteboxTest extends SubscriberWhiteboxVerification<Long> {

  private Carrier carrier;

  public FlowableSubscriberWhiteboxTest() {
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
  public Subscriber<Long> createSubscriber(WhiteboxSubscriberProbe<Long> probe) {
    return new Probed(Inlet.openFlowable(carrier.runtime()), probe);
  }

  @Override
  public Long createElement(int element) {
    return (long) element;
  }
}
