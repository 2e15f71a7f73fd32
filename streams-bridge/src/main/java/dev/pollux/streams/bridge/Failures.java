package dev.pollux.streams.bridge;

/** Throws what a signal carried, unchanged. */
public final class Failures {

  private Failures() {}

  /**
   * Throws {@code failure} as it is. Signals carry any {@code Throwable}; polls throw {@code
   * Exception} and {@code Error}, and the odd third kind passes undeclared.
   *
   * @return nothing; the type lets a caller say {@code throw rethrown(failure)}
   */
  public static RuntimeException rethrown(Throwable failure) {
    throw Failures.<RuntimeException>unchecked(failure);
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // erased: nothing is cast
  private static <X extends Throwable> X unchecked(Throwable failure) throws X {
    throw (X) failure;
  }
}
