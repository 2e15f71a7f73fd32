package dev.pollux.samples.sample;

import java.util.List;
import java.util.Optional;

/** The samples, in the order in which they are listed. */
public final class Samples {

  private static final List<Sample> ALL =
      List.of(
          R2dbcSample.SAMPLE,
          HttpClientSample.SAMPLE,
          MutinySample.SAMPLE,
          KotlinSample.SAMPLE,
          WebSample.SAMPLE,
          WebStartSample.SAMPLE,
          PullVsPushSample.SAMPLE,
          ExecutorsSample.SAMPLE);

  private Samples() {}

  /** All of them. */
  public static List<Sample> all() {
    return ALL;
  }

  /** The one of that name. */
  public static Optional<Sample> named(String name) {
    return ALL.stream().filter(sample -> sample.name().equals(name)).findFirst();
  }
}
