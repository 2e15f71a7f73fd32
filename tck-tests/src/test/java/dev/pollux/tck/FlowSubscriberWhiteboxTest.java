package dev.pollux.tck;

import java.util.concurrent.Flow;
import org.reactivestreams.FlowAdapters;
import org.reactivestreams.tck.SubscriberWhiteboxVerification.WhiteboxSubscriberProbe;
import org.reactivestreams.tck.flow.FlowSubscriberWhiteboxVerification;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;

/** As {@link SubscriberWhiteboxTest}, for Flow. */
public class FlowSubscriberWhiteboxTest extends FlowSubscriberWhiteboxVerification<Long> {

  private Carrier carrier;

  public FlowSubscriberWhiteboxTest() {
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
  protected Flow.Subscriber<Long> createFlowSubscriber(WhiteboxSubscriberProbe<Long> probe) {
    return FlowAdapters.toFlowSubscriber(new Probed(Inlet.openFlow(carrier.runtime()), probe));
  }

  @Override
  public Long createElement(int element) {
    return (long) element;
  }
}
