package dev.pollux.executor;

/** The two kinds of runtime, for what holds on both. */
enum Flavour {
  CURRENT_THREAD {
    @Override
    PolluxRuntime build(RuntimeBuilder builder) {
      return builder.currentThread();
    }
  },
  MULTI_THREAD {
    @Override
    PolluxRuntime build(RuntimeBuilder builder) {
      return builder.workers(2).multiThread();
    }
  };

  abstract PolluxRuntime build(RuntimeBuilder builder);
}
