package dev.pollux.tck;

import dev.pollux.streams.DemandMode;
import dev.pollux.streams.Streams;
import java.util.concurrent.Flow;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.Factory;

/** As {@link OneAheadPublisherTest}, for Flow. */
public class OneAheadFlowPublisherTest extends FlowPublisherVerification<Long> {

  private final Workers workers;
  private Carrier carrier;

  @Factory(dataProvider = "workers", dataProviderClass = Workers.class)
  public OneAheadFlowPublisherTest(Workers workers) {
    super(Carrier.environment(), Carrier.REFERENCE_GC_MILLIS);
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
  public Flow.Publisher<Long> createFlowPublisher(long elements) {
    return Streams.toFlowPublisher(
        () -> Carrier.source(elements), carrier.runtime(), DemandMode.ONE_AHEAD);
  }

  @Override
  public Flow.Publisher<Long> createFailedFlowPublisher() {
    return Streams.toFlowPublisher(() -> Carrier.source(1), Carrier.closed(), DemandMode.ONE_AHEAD);
  }
}
