package dev.pollux.io.process;

/**
 * Where signals come from: the system, but for tests.
 *
 * @threading any thread
 */
interface SignalSource {

  /**
   * Refuses a name that the system does not know.
   *
   * @throws IllegalArgumentException if there is none such
   */
  void check(String name);

  /**
   * Has signals come to {@code arrivals} instead of to whom they went before.
   *
   * @throws UnsupportedOperationException if that is not possible
   * @throws MachineEndsException if it is too late for it
   */
  Installed install(String name, Arrivals arrivals);

  /** Sends the signal to this process. */
  void raise(String name);

  /** What signals come to, on a thread of its own each time. */
  interface Arrivals {

    /** One has come. */
    void came();

    /** The virtual machine begins to end, which is all that can be known. */
    void machineEnds();
  }

  /** What was installed. */
  interface Installed {

    /** Has signals go to whom they went before, unless somebody else has come in between. */
    void restore();
  }

  /** Thrown where it is too late: the virtual machine has begun to end. */
  final class MachineEndsException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    MachineEndsException(IllegalStateException cause) {
      super(cause);
    }
  }
}
