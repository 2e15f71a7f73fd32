package dev.pollux.io.net;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.io.driver.NioDriver;
import dev.pollux.testing.ConformanceKit;
import java.util.concurrent.TimeUnit;

/** A driver for subjects of the conformance kits. */
final class Selecting {

  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private Selecting() {}

  /** Offers a driver, and has it sleep until there is news, so often at most. */
  @CanIgnoreReturnValue
  static NioDriver in(ConformanceKit kit, int times) {
    NioDriver driver = new NioDriver();
    kit.offer(NioDriver.class, driver);
    for (int i = 0; i < times; i++) {
      kit.event("select", () -> driver.park(LOOK_NANOS));
    }
    return driver;
  }
}
