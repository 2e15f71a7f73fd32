package dev.pollux.streams.rxjava;

import io.reactivex.rxjava3.plugins.RxJavaPlugins;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Keeps what reaches RxJava's error handler during a test, and resets the plugins after it. */
final class Plugins implements BeforeEachCallback, AfterEachCallback {

  final List<Throwable> errors = new CopyOnWriteArrayList<>();

  @Override
  public void beforeEach(ExtensionContext context) {
    errors.clear();
    RxJavaPlugins.reset();
    RxJavaPlugins.setErrorHandler(errors::add);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    RxJavaPlugins.reset();
  }
}
