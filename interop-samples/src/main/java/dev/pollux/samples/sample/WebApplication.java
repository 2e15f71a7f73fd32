package dev.pollux.samples.sample;

import static org.springframework.web.reactive.function.server.RouterFunctions.route;

import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/**
 * A small application of Spring WebFlux on Reactor Netty, which knows nothing of Pollux.
 *
 * <p>It does what such applications do: it asks a repository that blocks, calls a slow service over
 * HTTP, answers JSON, and sends events as time goes by. What it does not do on Netty's own threads
 * it leaves to {@link Schedulers}: {@code boundedElastic()} for what blocks, {@code parallel()} for
 * time.
 */
final class WebApplication implements AutoCloseable {

  /** The works for which the threads are recorded. */
  static final String REPOSITORY = "the blocking repository";

  static final String EVENTS = "server-sent events";
  static final String SERVICE = "the slow service";
  static final String REQUESTS = "requests and responses";

  private static final Duration SERVICE_TIME = Duration.ofMillis(30);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final ThreadsSeen threads;
  private final UserRepository repository;
  private final DisposableServer server;
  private final WebClient prices;

  /** Starts it on a free port. */
  WebApplication(ThreadsSeen threads) throws Exception {
    this.threads = threads;
    this.repository = new UserRepository();
    var routes =
        route()
            .GET("/users/{id}", this::user)
            .GET("/offers/{id}", this::offer)
            .GET("/events", this::events)
            .GET("/prices/{id}", this::price)
            .build();
    this.server =
        HttpServer.create()
            .host("127.0.0.1")
            .port(0)
            .handle(new ReactorHttpHandlerAdapter(RouterFunctions.toHttpHandler(routes)))
            .bindNow(PATIENCE);
    this.prices = WebClient.create(uri("").toString());
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }

  private Mono<ServerResponse> user(ServerRequest request) {
    threads.here(REQUESTS);
    return ServerResponse.ok().body(find(id(request)), User.class);
  }

  /** A user and a price: from the repository and the service, both at a time. */
  private Mono<ServerResponse> offer(ServerRequest request) {
    Mono<Integer> price =
        prices
            .get()
            .uri("/prices/{id}", id(request))
            .retrieve()
            .bodyToMono(Integer.class)
            .timeout(PATIENCE);
    return ServerResponse.ok().body(Mono.zip(find(id(request)), price, Offer::new), Offer.class);
  }

  private Mono<ServerResponse> events(ServerRequest request) {
    Flux<ServerSentEvent<Integer>> ticks =
        Flux.range(1, 5)
            .delayElements(Duration.ofMillis(5))
            .doOnNext(number -> threads.here(EVENTS))
            .map(number -> ServerSentEvent.builder(number).event("tick").build());
    return ServerResponse.ok().body(BodyInserters.fromServerSentEvents(ticks));
  }

  /** The service that the application calls; elsewhere, if it were not a sample. */
  private Mono<ServerResponse> price(ServerRequest request) {
    return ServerResponse.ok()
        .body(
            Mono.delay(SERVICE_TIME)
                .doOnNext(later -> threads.here(SERVICE))
                .map(later -> 100 * id(request)),
            Integer.class);
  }

  private Mono<User> find(int id) {
    return Mono.fromCallable(
            () -> {
              threads.here(REPOSITORY);
              return repository.find(id);
            })
        .subscribeOn(Schedulers.boundedElastic());
  }

  private static int id(ServerRequest request) {
    return Integer.parseInt(request.pathVariable("id"));
  }

  @Override
  public void close() throws SQLException {
    server.disposeNow(PATIENCE);
    repository.close();
  }
}
