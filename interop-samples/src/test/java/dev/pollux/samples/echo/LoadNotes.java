package dev.pollux.samples.echo;

import java.util.ArrayList;
import java.util.List;

/** Writes down what it is told. */
final class LoadNotes implements LoadConnection.Owner<ScriptedPeer> {
  static final int SIZE = 100;

  private final Payload payload = new Payload(SIZE);
  final Window window = new Window();
  final List<String> answers = new ArrayList<>();
  final List<Trouble> troubles = new ArrayList<>();
  int sent;
  int received;

  @Override
  public Payload payload() {
    return payload;
  }

  @Override
  public Window window() {
    return window;
  }

  @Override
  public void sent(int bytes) {
    sent += bytes;
  }

  @Override
  public void received(int bytes) {
    received += bytes;
  }

  @Override
  public void answered(boolean isFirst, long askedNanos) {
    answers.add(isFirst ? "first" : "next");
  }

  @Override
  public void failed(LoadConnection<ScriptedPeer> connection, boolean wasUp, Throwable failure) {
    troubles.add(Trouble.of(failure));
  }

  @Override
  public void reset(ScriptedPeer stream) {
    stream.close();
  }
}
