package dev.pollux.tck;

import java.util.concurrent.Flow;
import org.reactivestreams.FlowAdapters;
import org.reactivestreams.tck.flow.FlowSubscriberBlackboxVerification;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;

/** As {@link SubscriberBlackboxTest}, for Flow. */
public class FlowSubscriberBlackboxTest extends FlowSubscriberBlackboxVerification<Long> {

  private Carrier carrier;

  public FlowSubscriberBlackboxTest() {
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
  public Flow.Subscriber<Long> createFlowSubscriber() {
    return FlowAdapters.toFlowSubscriber(Inlet.openFlow(carrier.runtime()).subscriber());
  }

  @Override
  public Long createElement(int element) {
    return (long) element;
  }
}
