package dev.pollux.testing;

/** What the kit throws: recognizable, and told apart by identity. */
final class Injected {

  private Injected() {}

  /** Thrown where a checked exception may be. */
  static final class Failure extends Exception {
    private static final long serialVersionUID = 1L;

    Failure(String step) {
      super("injected: " + step + " fails");
    }
  }

  /** Thrown where only an unchecked one may be. */
  static final class Unchecked extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unchecked(String step) {
      super("injected: " + step + " fails");
    }
  }

  /** An {@code Error}. */
  static final class Fatal extends Error {
    private static final long serialVersionUID = 1L;

    Fatal(String step) {
      super("injected: " + step + " fails");
    }
  }
}
