package dev.pollux.io.process;

/** Who is told that a signal has come: see {@link SignalListeners}. */
interface SignalListener {

  /**
   * The signal has come.
   *
   * @threading a thread of the JDK that is made for each arrival, and holds no lock
   */
  void came();

  /**
   * The virtual machine has begun to end, where the signal itself can't be heard.
   *
   * @threading a shutdown hook, which holds no lock
   */
  default void machineEnds() {
    came();
  }

  /**
   * Holds the end up, after all were told of it: the machine goes on to end once this has returned.
   *
   * @threading a shutdown hook, which holds no lock
   */
  default void holdEnd() {}
}
