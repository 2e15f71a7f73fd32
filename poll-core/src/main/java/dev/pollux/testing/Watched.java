package dev.pollux.testing;

import java.lang.ref.WeakReference;

/** Something that must become unreachable. */
final class Watched {

  private final String what;
  private final WeakReference<Object> reference;

  Watched(String what, Object object) {
    this.what = what;
    this.reference = new WeakReference<>(object);
  }

  boolean isReachable() {
    return !reference.refersTo(null);
  }

  @Override
  public String toString() {
    return what;
  }
}
