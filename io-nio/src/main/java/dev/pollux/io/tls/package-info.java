/**
 * TLS over any byte stream: {@link dev.pollux.io.tls.TlsConnector} makes a connection safe from the
 * client's side, {@link dev.pollux.io.tls.TlsAcceptor} from the server's, and the {@link
 * dev.pollux.io.tls.TlsStream} that comes out is a byte stream as any other.
 *
 * <p>The cryptography and the protocol are those of the JDK's {@link javax.net.ssl.SSLEngine}. What
 * is done here is to carry its bytes without holding a thread, and to say clearly why it refuses.
 */
@CheckReturnValue
@NullMarked
package dev.pollux.io.tls;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
