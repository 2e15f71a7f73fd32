package dev.pollux.operator;

/** Throws again what was caught as a {@code Throwable}, unchanged, whatever its type. */
public final class Raise {

  private Raise() {}

  /** Throws {@code failure}; declared to return so that the caller can write {@code throw}. */
  public static RuntimeException unchecked(Throwable failure) {
    throw Raise.<RuntimeException>as(failure);
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // erased: nothing is cast
  private static <X extends Throwable> X as(Throwable failure) throws X {
    throw (X) failure;
  }
}
