package dev.pollux.samples.sample;

/**
 * Takes numbers at its own pace.
 *
 * @threading confined to one thread
 */
interface Reader {

  /** Wants so many more, from now on. */
  void want(int more);

  /** Wants no more, for good. */
  void cancel();
}
