package dev.pollux.benchmarks;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.sync.Oneshot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks a server by a oneshot: it carries the oneshot for the reply, and that by which
 * the next request will come. So a round trip takes two oneshots, and nothing else.
 */
public final class OneshotRequest {

  private final int value;
  private final Oneshot.Sender<Integer> reply;
  private final Oneshot.@Nullable Receiver<OneshotRequest> next;

  private OneshotRequest(
      int value, Oneshot.Sender<Integer> reply, Oneshot.@Nullable Receiver<OneshotRequest> next) {
    this.value = value;
    this.reply = reply;
    this.next = next;
  }

  /**
   * A client and a server that serves it: the first asks 0, 1, 2 and so on, and adds up the
   * replies; the second replies by one more, and outputs 0.
   *
   * @param rounds how often the client asks, at least 1
   */
  public static List<Future<Long>> clientAndServer(int rounds) {
    Oneshot<OneshotRequest> first = Oneshot.create();
    return List.of(new Client(first.sender(), rounds), new Server(first.receiver()));
  }

  private static void refuse(boolean isSent) {
    if (!isSent) {
      throw new IllegalStateException("nobody waits for a oneshot");
    }
  }

  private static final class Client implements Future<Long> {

    private final int rounds;
    private int asked;
    private long sum;
    private Oneshot.Sender<OneshotRequest> server;
    private @Nullable Future<Integer> reply;

    Client(Oneshot.Sender<OneshotRequest> server, int rounds) {
      this.server = server;
      this.rounds = rounds;
    }

    @Override
    public Poll<Long> poll(Context cx) throws Exception {
      while (true) {
        if (reply == null) {
          if (asked == rounds) {
            return Poll.ready(sum);
          }
          reply = ask();
        }
        Poll<Integer> value = reply.poll(cx);
        if (value.isPending()) {
          return Poll.pending();
        }
        reply = null;
        sum += value.value();
      }
    }

    private Future<Integer> ask() {
      int value = asked++;
      Oneshot<Integer> answer = Oneshot.create();
      if (asked == rounds) {
        refuse(server.send(new OneshotRequest(value, answer.sender(), null)));
      } else {
        Oneshot<OneshotRequest> next = Oneshot.create();
        refuse(server.send(new OneshotRequest(value, answer.sender(), next.receiver())));
        server = next.sender();
      }
      return answer.receiver();
    }

    @Override
    public void cancel() {
      if (reply != null) {
        reply.cancel();
      }
      server.close();
    }

    @Override
    public void describe(Description description) {
      description.name("client").with("asked", asked);
      if (reply != null) {
        description.child("reply", reply);
      }
    }
  }

  private static final class Server implements Future<Long> {

    private Oneshot.@Nullable Receiver<OneshotRequest> requests;

    Server(Oneshot.Receiver<OneshotRequest> first) {
      this.requests = first;
    }

    @Override
    public Poll<Long> poll(Context cx) throws Exception {
      while (requests != null) {
        Poll<OneshotRequest> request = requests.poll(cx);
        if (request.isPending()) {
          return Poll.pending();
        }
        OneshotRequest asked = request.value();
        refuse(asked.reply.send(asked.value + 1));
        requests = asked.next;
      }
      return Poll.ready(0L);
    }

    @Override
    public void cancel() {
      if (requests != null) {
        requests.cancel();
      }
    }

    @Override
    public void describe(Description description) {
      description.name("server");
      if (requests != null) {
        description.child("next request", requests);
      }
    }
  }
}
