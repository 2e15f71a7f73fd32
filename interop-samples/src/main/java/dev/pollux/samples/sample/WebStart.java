package dev.pollux.samples.sample;

import dev.pollux.executor.PolluxRuntime;
import dev.pollux.streams.reactor.PolluxSchedulers;

/** A program that starts a {@link WebApplication}, has it answer once, and ends. */
final class WebStart {

  /** What it is called with, to start it with Pollux. */
  static final String WITH_POLLUX = "with-pollux";

  private WebStart() {}

  /** Prints the first answer, which is when {@link WebStartSample} stops its clock. */
  public static void main(String[] args) throws Exception {
    if (args.length > 0 && args[0].equals(WITH_POLLUX)) {
      try (PolluxRuntime runtime = PolluxRuntime.multiThread();
          PolluxSchedulers.Installation installed = PolluxSchedulers.install(runtime)) {
        answerOnce(installed.toString());
      }
    } else {
      answerOnce("nothing installed");
    }
    System.exit(0);
  }

  private static void answerOnce(String installed) throws Exception {
    try (WebApplication application = new WebApplication(new ThreadsSeen())) {
      System.out.println(new WebVisitor().first(application) + ", " + installed);
      System.out.flush();
    }
  }
}
