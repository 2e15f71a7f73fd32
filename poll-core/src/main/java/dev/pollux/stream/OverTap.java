package dev.pollux.stream;

import java.util.function.Consumer;

/** Says how a stream came to its end. */
final class OverTap<T> implements Tap<T> {

  private final Consumer<? super Over> action;

  OverTap(Consumer<? super Over> action) {
    this.action = action;
  }

  @Override
  public void onEnd() {
    action.accept(new Over.Ended());
  }

  @Override
  public void onFailure(Throwable failure) {
    action.accept(new Over.Failed(failure));
  }

  @Override
  public void onCancel() {
    action.accept(new Over.Cancelled());
  }
}
