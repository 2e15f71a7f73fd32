package dev.pollux.io.tls;

/** Whether a server asks its clients for a certificate. */
public enum ClientAuthentication {
  /** It does not. */
  NONE,
  /** It does, and takes those too who have none. One that is not trusted is refused. */
  WANTED,
  /** It does, and refuses who has none. */
  REQUIRED
}
