package dev.pollux.samples.sample;

import static java.util.stream.Collectors.joining;

import dev.pollux.executor.PolluxRuntime;
import dev.pollux.streams.reactor.PolluxSchedulers;
import java.util.List;

/**
 * A web application with Pollux in place of Reactor's schedulers: one line, and not in the
 * application.
 *
 * <p>Netty's event loops stay what they are. What is scheduled, later or on the threads for what
 * blocks, runs on the runtime.
 */
final class WebSample {

  static final Sample SAMPLE =
      new Sample(
          "web",
          "Spring WebFlux on Reactor Netty, with Pollux for Reactor's schedulers and without",
          findings -> run(findings));

  private static final int ROUNDS = 5;

  private WebSample() {}

  private static void run(Findings findings) throws Exception {
    ThreadsSeen without = new ThreadsSeen();
    List<String> expected = visit(without);

    ThreadsSeen with = new ThreadsSeen();
    List<String> answers;
    try (PolluxRuntime runtime = PolluxRuntime.builder().name("web").multiThread();
        PolluxSchedulers.Installation installed = PolluxSchedulers.install(runtime)) {
      findings.row("installed", installed);
      answers = visit(with);
    }

    ThreadsSeen afterwards = new ThreadsSeen();
    List<String> again = visit(afterwards);

    findings.row("JSON", body(answers.get(0)));
    findings.row("JSON, after a slow call", body(answers.get(3)));
    findings.row(
        "events",
        answers.get(5).lines().filter(line -> line.startsWith("data:")).collect(joining(" ")));
    findings.row("requests", answers.size());
    findings.check("the same bytes with and without", answers.equals(expected));
    for (String work :
        List.of(
            WebApplication.REQUESTS,
            WebApplication.REPOSITORY,
            WebApplication.SERVICE,
            WebApplication.EVENTS)) {
      findings.row(work, without.names(work) + " -> " + with.names(work));
    }
    boolean restored =
        again.equals(expected)
            && afterwards
                .names(WebApplication.REPOSITORY)
                .equals(without.names(WebApplication.REPOSITORY));
    findings.check("as before when it is closed", restored);
  }

  private static String body(String answer) {
    return answer.substring(answer.indexOf('{'));
  }

  private static List<String> visit(ThreadsSeen threads) throws Exception {
    try (WebApplication application = new WebApplication(threads)) {
      return new WebVisitor().all(application, ROUNDS);
    }
  }
}
