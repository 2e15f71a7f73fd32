package dev.pollux.samples.sample;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Asks a {@link WebApplication} for all that it has, as a client does: by HTTP. */
final class WebVisitor {

  private static final List<String> PATHS =
      List.of("/users/1", "/users/2", "/users/3", "/offers/1", "/offers/3", "/events", "/none");

  private static final long PATIENCE_SECONDS = 30;

  private final HttpClient client = HttpClient.newHttpClient();

  /** What the first request of an application is in {@link WebStartSample}. */
  String first(WebApplication application) throws Exception {
    return get(application, PATHS.get(0)).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** Every answer of a number of rounds; the requests of a round are under way together. */
  List<String> all(WebApplication application, int rounds) throws Exception {
    List<String> answers = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      List<CompletableFuture<String>> asked =
          PATHS.stream().map(path -> get(application, path)).toList();
      for (CompletableFuture<String> answer : asked) {
        answers.add(answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
      }
    }
    return answers;
  }

  private CompletableFuture<String> get(WebApplication application, String path) {
    HttpRequest request = HttpRequest.newBuilder(application.uri(path)).build();
    return client.sendAsync(request, BodyHandlers.ofByteArray()).thenApply(WebVisitor::text);
  }

  /** Status, type and the very bytes. */
  private static String text(HttpResponse<byte[]> response) {
    String type = response.headers().firstValue("Content-Type").orElse("no type");
    return response.statusCode()
        + " "
        + type
        + " "
        + new String(response.body(), StandardCharsets.ISO_8859_1);
  }
}
