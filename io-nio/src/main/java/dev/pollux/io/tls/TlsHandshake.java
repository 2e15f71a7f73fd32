package dev.pollux.io.tls;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.io.AsyncByteStream;
import java.time.Duration;
import javax.net.ssl.SSLEngine;

final class TlsHandshake implements Future<TlsStream> {
  TlsHandshake(AsyncByteStream stream, SSLEngine engine, Duration timeout) {}

  @Override
  public Poll<TlsStream> poll(Context cx) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void cancel() {}

  @Override
  public void describe(Description description) {}
}
