package dev.pollux.samples.demo;

/**
 * How many elements came out at the far end of each bridge.
 *
 * @threading confined to the thread that runs the pipeline
 */
final class Crossings {

  private long intoFlux;
  private long intoFlowable;
  private long back;

  void intoFlux() {
    intoFlux++;
  }

  void intoFlowable() {
    intoFlowable++;
  }

  void back() {
    back++;
  }

  /** From the async iterator into the Flux. */
  long fluxElements() {
    return intoFlux;
  }

  /** From the Flux into the Flowable. */
  long flowableElements() {
    return intoFlowable;
  }

  /** From the Flowable into the async iterator. */
  long backElements() {
    return back;
  }

  /** Whether nothing was lost on the way. */
  boolean areEqual() {
    return intoFlux == intoFlowable && intoFlowable == back;
  }
}
